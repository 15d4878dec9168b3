"""Simple classifiers can tell the classes apart, but not trivially."""

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15
from datasets.synthetic_actions.actions import ACTIONS
from datasets.synthetic_actions.recordings import record
from datasets.synthetic_actions.subjects import TEST_SUBJECTS, TRAIN_SUBJECTS

pytestmark = pytest.mark.slow
LABELS = {name: label for label, name in enumerate(ACTIONS)}


def clips_and_labels(subjects, per_recording):
    """Draws clips of 50 frames at stride 3, each one a row of 50 * 15 * 2 numbers."""
    rng = np.random.default_rng(0)
    clips, labels = [], []
    for one in record(subjects):
        motion = one.motion_2d(HUMAN36M_15, mean_hip_depth=4.0)
        for _ in range(per_recording):
            start = rng.integers(0, len(motion) - 150)
            clips.append(motion[start : start + 150 : 3].ravel())
            labels.append(LABELS[one.action])
    return np.array(clips), np.array(labels)


@pytest.fixture(scope="module")
def features():
    """Principal components of both splits: (train, train labels, test, test labels)."""
    train, train_labels = clips_and_labels(TRAIN_SUBJECTS, per_recording=1)
    test, test_labels = clips_and_labels(TEST_SUBJECTS, per_recording=2)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    train, test = (train - mean) / deviation, (test - mean) / deviation
    size, axes = np.linalg.eigh(train @ train.T)  # far fewer clips than numbers in a clip
    axes = train.T @ axes[:, -60:] / np.sqrt(size[-60:])
    axes /= np.sqrt(size[-1] / len(train))  # the largest component gets a deviation of 1
    return train @ axes, train_labels, test @ axes, test_labels


def softmax_regression(inputs, labels, steps=400):
    inputs = np.c_[inputs, np.ones(len(inputs))]
    weights = np.zeros((inputs.shape[1], len(LABELS)))
    velocity = np.zeros_like(weights)
    for _ in range(steps):
        scores = inputs @ weights
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = odds / odds.sum(axis=1, keepdims=True) - np.eye(len(LABELS))[labels]
        velocity = 0.9 * velocity - 0.5 * (inputs.T @ error) / len(inputs)
        weights += velocity
    return lambda features: (np.c_[features, np.ones(len(features))] @ weights).argmax(axis=1)


def test_a_linear_classifier_knows_most_actions_of_unseen_subjects(features):
    train, train_labels, test, test_labels = features
    predicted = softmax_regression(train, train_labels)(test)
    accuracy = np.mean(predicted == test_labels)
    recall = [np.mean(predicted[test_labels == label] == label) for label in LABELS.values()]
    assert 0.7 < accuracy < 0.98
    assert min(recall) > 3 / len(LABELS)  # every class is recognized far above chance


def test_the_nearest_mean_clip_does_not_solve_the_task(features):
    train, train_labels, test, test_labels = features
    means = np.stack([train[train_labels == label].mean(axis=0) for label in LABELS.values()])
    distances = np.square(test[:, None] - means).sum(axis=-1)
    assert 0.3 < np.mean(distances.argmin(axis=1) == test_labels) < 0.8


def test_without_labels_that_fit_nothing_is_learned(features):
    train, train_labels, test, test_labels = features
    shuffled = np.random.default_rng(1).permutation(train_labels)
    accuracy = np.mean(softmax_regression(train, shuffled, steps=100)(test) == test_labels)
    assert accuracy < 0.25
