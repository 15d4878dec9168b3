import dataclasses

import numpy as np
import pytest

from sagcn_tf.classification import scores, training
from sagcn_tf.classification.trained_classifier import KINDS, flat, new_network
from sagcn_tf.data.input_pipeline import evaluation_clips
from tests.swinging_data import CLASSES, FRAMES, small_data

DATA = small_data()


def with_sequences(counts):
    """Returns the data with `counts[c]` training sequences of class c, by repeating them."""
    numbers = np.concatenate(
        [np.resize(np.flatnonzero(DATA.train.labels == c), m) for c, m in enumerate(counts)]
    )
    numbers = np.random.default_rng(0).permutation(numbers)
    train = training._select(DATA.train, numbers)
    names = [f"sequence {number}" for number in range(len(numbers))]
    return dataclasses.replace(DATA, train=dataclasses.replace(train, names=names))


def motion_of(sequences):
    bounds = zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True)
    motions = [sequences.frames[first:end].tobytes() for first, end in bounds]
    return dict(zip(sequences.names, zip(motions, sequences.labels, strict=True), strict=True))


def test_a_tenth_of_the_sequences_of_each_class_is_held_out():
    data = with_sequences([4, 20, 30])

    kept, held_out, by = training.hold_out(data)

    assert by == "sequences"
    assert np.bincount(held_out.train.labels).tolist() == [1, 2, 3]
    assert np.bincount(kept.train.labels).tolist() == [3, 18, 27]
    assert {**motion_of(kept.train), **motion_of(held_out.train)} == motion_of(data.train)
    assert kept.test is data.test


def test_data_with_a_class_of_one_sequence_are_held_out_by_windows():
    data = with_sequences([1, 5, 5])

    assert training.hold_out(data) == (data, data, "windows")


def train(data, kind="d_v"):
    return training.train_classifier(data, FRAMES, kind, 1, show_progress=False)


@pytest.fixture(autouse=True, scope="module")
def few_clips():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "SEEDS", 3)
        patch.setattr(scores, "CLIPS_PER_CLASS", 20)
        patch.setattr(training, "REFERENCE_CLIPS", 20)
        patch.setattr(training, "STEPS_PER_EPOCH", 20)
        yield


@pytest.fixture(scope="module")
def trained():
    return {kind: train(DATA, kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_trained_classifier_distinguishes_the_classes(trained, kind):
    real = trained[kind].facts["real"]

    assert list(real) == ["train", "held_out", "test"]
    for row in real.values():
        # Chance is a third; an untrained classifier predicts a single class.
        assert row["accuracy"]["mean"] > 0.6
        assert len(row["recall"]) == CLASSES
    assert real["train"]["frechet_train"]["mean"] < real["test"]["frechet_train"]["mean"]
    assert real["test"]["frechet_test"]["mean"] < real["train"]["frechet_test"]["mean"]


def test_the_facts_describe_the_training(trained):
    facts = trained["st_gcn"].facts

    assert facts["data"] == DATA.describe()
    assert facts["held_out_by"] == "sequences" and len(facts["held_out"]) == CLASSES
    assert set(facts["held_out"]) < set(DATA.train.names)
    assert (facts["steps"], facts["most_steps"]) == (20, 20)


def test_training_is_repeatable_and_ignores_the_test_subjects(trained):
    test = dataclasses.replace(DATA.test, frames=-2 * DATA.test.frames)

    again = train(dataclasses.replace(DATA, test=test))

    for weights in zip(again.network.weights, trained["d_v"].network.weights, strict=True):
        np.testing.assert_array_equal(*(weight.numpy() for weight in weights))
    real, other = trained["d_v"].facts["real"], again.facts["real"]
    assert real["held_out"]["recall"] == other["held_out"]["recall"]
    assert real["test"]["recall"] != other["test"]["recall"]


def test_training_stops_without_improvement_on_held_out_clips(monkeypatch):
    monkeypatch.setattr(training, "PATIENCE", 1)
    monkeypatch.setattr(training, "STEPS_PER_EPOCH", 1)
    monkeypatch.setattr(training, "LEARNING_RATE", {"d_v": 1e-30})

    network = new_network("d_v", DATA, FRAMES)
    fit = training._fit(network, "d_v", 10, FRAMES, DATA, DATA, show_progress=False)

    assert len(fit) == 2 and fit[0] == fit[1]


def test_all_classes_have_the_same_weight():
    # Three indistinguishable classes; without class weights, the largest would get 14 of 18.
    labels = np.repeat([0, 1, 2], [2, 14, 2])
    numbers = np.resize(np.flatnonzero(DATA.train.labels == 0), len(labels))
    train_split = training._select(DATA.train, np.sort(numbers))
    twins = dataclasses.replace(DATA, train=dataclasses.replace(train_split, labels=labels))
    network = new_network("d_v", twins, FRAMES)

    training._fit(network, "d_v", 1, FRAMES, twins, twins, show_progress=False)

    logits = network(flat(evaluation_clips(twins, "train", 20, 0, FRAMES))).numpy()
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(shares.mean(axis=0), 1 / 3, atol=0.1)
