import numpy as np
import pytest

from sagcn_tf.metrics.frechet_distance import frechet_distance, gaussian


def random_features(seed, count=40, width=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=[count, width]) @ rng.normal(size=[width, width]) + rng.normal(width)


def matrix_root(matrix, rounds=60):
    """Returns the square root by the Denman-Beavers iteration; `matrix` must be invertible."""
    root, inverse = matrix, np.eye(len(matrix))
    for _ in range(rounds):
        root, inverse = (
            (root + np.linalg.inv(inverse)) / 2,
            (inverse + np.linalg.inv(root)) / 2,
        )
    return root


def slow_distance(first, second):
    """Computes the formula of the definition term by term."""
    difference = first.mean(axis=0) - second.mean(axis=0)
    covariances = []
    for features in (first, second):
        centered = features - features.mean(axis=0)
        covariances.append(sum(np.outer(row, row) for row in centered) / (len(features) - 1))
    one, two = covariances
    root = matrix_root(one)
    cross = matrix_root(root @ two @ root)
    return difference @ difference + np.trace(one + two - 2 * cross)


@pytest.mark.parametrize("seed", range(3))
def test_the_distance_matches_its_definition(seed):
    first, second = random_features(2 * seed), random_features(2 * seed + 1, count=60)
    distance = frechet_distance(gaussian(first), gaussian(second))
    assert distance == pytest.approx(slow_distance(first, second), rel=1e-9)
    assert distance == pytest.approx(frechet_distance(gaussian(second), gaussian(first)), rel=1e-9)


def test_one_dimensional_gaussians_have_a_closed_form():
    # (m_1 - m_2)^2 + (s_1 - s_2)^2
    assert frechet_distance(([1.0], [[4.0]]), ([4.0], [[25.0]])) == pytest.approx(9 + 9)


def test_gaussians_with_common_axes_have_a_closed_form():
    rng = np.random.default_rng(0)
    axes, _ = np.linalg.qr(rng.normal(size=[6, 6]))
    one, two = rng.uniform(0, 3, size=[2, 6])
    one[:2], two[1:3] = 0, 0  # singular in different directions
    means = rng.normal(size=[2, 6])
    gaussians = [
        (mean, (axes * variances) @ axes.T)
        for mean, variances in zip(means, (one, two), strict=True)
    ]
    expected = np.square(means[0] - means[1]).sum() + np.square(np.sqrt(one) - np.sqrt(two)).sum()
    assert frechet_distance(*gaussians) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [200, 4])
def test_a_set_has_distance_0_to_itself_even_with_fewer_clips_than_features(count):
    own = gaussian(random_features(0, count=count, width=20))
    assert frechet_distance(own, own) == pytest.approx(0, abs=1e-6)


def test_the_distance_of_points_is_euclidean():
    points = [gaussian(np.tile(row, (5, 1))) for row in ([0.0, 0.0], [3.0, 4.0])]
    assert frechet_distance(*points) == pytest.approx(25)


def test_the_gaussian_matches_numpy():
    features = random_features(1)
    mean, covariance = gaussian(features)
    np.testing.assert_allclose(mean, features.mean(axis=0))
    np.testing.assert_allclose(covariance, np.cov(features.T))
    assert gaussian(features[:, :1])[1].shape == (1, 1)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.zeros([1, 3]), "n > 1"),
        (np.zeros([4]), "n > 1"),
        (np.full([4, 2], np.nan), "expected finite values"),
    ],
)
def test_invalid_features_are_refused(features, message):
    with pytest.raises(ValueError, match=message):
        gaussian(features)


def test_gaussians_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="same number of features"):
        frechet_distance(gaussian(np.eye(3)), gaussian(np.eye(4)))
