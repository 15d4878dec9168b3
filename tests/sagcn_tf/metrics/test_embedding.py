import numpy as np
import pytest

from sagcn_tf.metrics.embedding import METHODS, embed

RNG = np.random.default_rng(0)
# Three groups far apart, in ten dimensions.
VECTORS = np.repeat(20.0 * np.eye(3, 10), 12, axis=0) + RNG.normal(size=[36, 10])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dimensions", [1, 2])
def test_neighbors_stay_neighbors_and_a_repetition_gives_the_same_points(method, dimensions):
    points = embed(VECTORS, dimensions, method)

    assert points.shape == (36, dimensions)
    groups = points.reshape(3, 12, dimensions)
    within = groups.std(axis=1).max()
    assert np.linalg.norm(groups[0].mean(axis=0) - groups[1].mean(axis=0)) > 2 * within
    np.testing.assert_array_equal(points, embed(VECTORS, dimensions, method))


def test_few_vectors_have_a_smaller_perplexity():
    assert np.isfinite(embed(VECTORS[:4], 1)).all()
