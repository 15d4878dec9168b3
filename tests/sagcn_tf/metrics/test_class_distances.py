import numpy as np

from sagcn_tf.metrics.class_distances import class_distances


def test_distances_are_those_of_the_mean_clips():
    clips = np.random.default_rng(0).normal(size=[3, 5, 4, 2, 2])

    distances = class_distances(clips)

    expected = np.linalg.norm(clips[0].mean(axis=0) - clips[2].mean(axis=0))
    np.testing.assert_allclose(distances[0, 2], expected)
    np.testing.assert_array_equal(distances, distances.T)
    np.testing.assert_array_equal(np.diag(distances), 0.0)
