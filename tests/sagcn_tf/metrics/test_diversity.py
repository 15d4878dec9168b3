import numpy as np
import pytest

from sagcn_tf.metrics import diversity as module
from sagcn_tf.metrics.diversity import diversity, multimodality


def features_of_classes(seed=0, classes=3, per_class=6, width=4):
    rng = np.random.default_rng(seed)
    places = 10 * rng.normal(size=[classes, 1, width])
    return places + rng.normal(size=[classes, per_class, width])


def mean_over_all_pairs(rows):
    distances = [
        np.sqrt(sum((a - b) ** 2 for a, b in zip(rows[i], rows[j], strict=True)))
        for i in range(len(rows))
        for j in range(len(rows))
        if i != j
    ]
    return np.mean(distances)


def many_draws(measure, features, draws=400):
    return np.mean([measure(features, np.random.default_rng(seed)) for seed in range(draws)])


def test_diversity_estimates_the_mean_over_all_pairs():
    features = features_of_classes()
    expected = mean_over_all_pairs(features.reshape(-1, features.shape[-1]))
    assert many_draws(diversity, features) == pytest.approx(expected, rel=0.01)


def test_multimodality_estimates_the_mean_over_the_pairs_of_each_class():
    features = features_of_classes()
    expected = np.mean([mean_over_all_pairs(rows) for rows in features])
    assert many_draws(multimodality, features) == pytest.approx(expected, rel=0.01)


def test_equal_clips_have_no_diversity_and_no_multimodality():
    features = np.ones([3, 4, 5])
    assert diversity(features, np.random.default_rng(0)) == 0
    assert multimodality(features, np.random.default_rng(0)) == 0


def test_one_clip_per_class_is_diverse_but_not_multimodal():
    features = np.repeat(features_of_classes(per_class=1), 6, axis=1)
    assert diversity(features, np.random.default_rng(0)) > 1
    assert multimodality(features, np.random.default_rng(0)) == 0


def test_no_clip_is_paired_with_itself():
    # Two clips form one pair.
    features = np.array([[[0.0, 0.0], [3.0, 4.0]]])
    assert diversity(features, np.random.default_rng(0)) == pytest.approx(5)
    assert multimodality(features, np.random.default_rng(0)) == pytest.approx(5)


def test_pairs_depend_only_on_the_seed(monkeypatch):
    features = features_of_classes()
    values = [diversity(features, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2]
    monkeypatch.setattr(module, "PAIRS", 1)
    assert diversity(features, np.random.default_rng(0)) != values[0]


def test_a_single_clip_has_no_pairs():
    with pytest.raises(ValueError, match="2 or more clips to form pairs, got 1"):
        multimodality(np.zeros([3, 1, 4]), np.random.default_rng(0))
