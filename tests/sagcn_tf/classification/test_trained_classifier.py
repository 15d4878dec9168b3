import numpy as np
import pytest

from sagcn_tf.classification import trained_classifier
from sagcn_tf.classification.trained_classifier import flat
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.metrics.diversity import diversity, multimodality
from sagcn_tf.metrics.frechet_distance import frechet_distance, gaussian
from tests.place_classifier import place_classifier
from tests.swinging_data import CLASSES, FRAMES, small_data

DATA = small_data()
PLACES = place_classifier(DATA, FRAMES)
CLIPS = evaluation_clips(DATA, "train", 40, 1, FRAMES)


def with_wrong_labels(clips):
    """Moves the clips of each class to the next class."""
    return np.roll(clips, 1, axis=0)


def test_clips_are_classified_in_batches():
    found, features = PLACES.classify(flat(CLIPS))

    assert len(found) == CLASSES * 40 > trained_classifier._BATCH
    one_by_one = [PLACES.classify(clip[None]) for clip in flat(CLIPS)]
    np.testing.assert_array_equal(found, np.concatenate([one[0] for one in one_by_one]))
    np.testing.assert_allclose(
        features, np.concatenate([one[1] for one in one_by_one]), rtol=1e-4, atol=1e-5
    )


def test_recall_is_the_share_of_correctly_classified_clips():
    mixed = CLIPS.copy()
    mixed[0, :10] = CLIPS[1, :10]

    scores = PLACES.measure(mixed, seed=0)

    np.testing.assert_allclose(scores["recall"], [0.75, 1, 1])
    assert scores["accuracy"] == pytest.approx(2.75 / 3)


def test_wrong_labels_change_only_the_accuracy():
    right, other = PLACES.measure(CLIPS, seed=0), PLACES.measure(with_wrong_labels(CLIPS), seed=0)

    assert right["accuracy"] == 1 and other["accuracy"] == 0
    for name in ("frechet_train", "frechet_test"):
        assert other[name] == pytest.approx(right[name], rel=1e-6)


def test_distances_are_between_features():
    scores = PLACES.measure(CLIPS, seed=3)

    _, features = PLACES.classify(flat(CLIPS))
    for split, reference in PLACES.references.items():
        expected = frechet_distance(gaussian(features), reference)
        assert scores[f"frechet_{split}"] == pytest.approx(expected, rel=1e-6)
    features, generator = features.reshape(CLASSES, 40, -1), np.random.default_rng(3)
    assert scores["diversity"] == pytest.approx(diversity(features, generator))
    assert scores["multimodality"] == pytest.approx(multimodality(features, generator))


def test_real_clips_are_nearest_to_their_own_subjects():
    train = PLACES.measure(CLIPS, seed=0)
    test = PLACES.measure(evaluation_clips(DATA, "test", 40, 1, FRAMES), seed=0)

    assert train["frechet_train"] < train["frechet_test"]
    assert test["frechet_test"] < test["frechet_train"]


def test_a_collapsed_generator_has_no_multimodality():
    collapsed = np.repeat(CLIPS[:, :1], 40, axis=1)

    scores = PLACES.measure(collapsed, seed=0)

    assert scores["multimodality"] == pytest.approx(0, abs=1e-5)
    assert scores["frechet_train"] > 2 * PLACES.measure(CLIPS, seed=0)["frechet_train"]
