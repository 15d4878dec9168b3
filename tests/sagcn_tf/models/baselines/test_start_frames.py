import dataclasses

import numpy as np
import pytest

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.models.baselines.start_frames import CLIPS, StartFrames
from tests.small_data import CLASS_NAMES, FIRST_START, FRAMES, SKELETON, STRIDE, small_data

CLASSES, GIVEN = len(CLASS_NAMES), 3
CHANCE = np.random.default_rng(0).random([500, 2]).astype(np.float32)


def filled(seed):
    layer = StartFrames(CLASSES, GIVEN, (SKELETON.num_joints, 2))
    layer.fill(small_data(), FRAMES, seed)
    return layer


@pytest.fixture(scope="module")
def start_frames():
    return filled(seed=0)


def real_starts(label):
    """The first frames of every training clip of a class, `[clips, GIVEN, N, D]`."""
    train, starts = small_data().train, []
    for number in np.flatnonzero(train.labels == label):
        motion = train.frames[train.offsets[number] : train.offsets[number + 1]]
        last = len(motion) - (FRAMES - 1) * STRIDE
        starts += [motion[one::STRIDE][:GIVEN] for one in range(FIRST_START, last)]
    return np.stack(starts)


def distance_to_class(frames, label):
    """Distance of each start from the nearest real one of a class."""
    differences = np.abs(frames[:, None] - real_starts(label)[None])
    return differences.max(axis=(2, 3, 4)).min(axis=1)


def test_frames_are_those_of_training_clips_of_the_class(start_frames):
    for label in range(CLASSES):
        frames = start_frames(np.eye(CLASSES, dtype=np.float32)[[label] * 500], CHANCE).numpy()

        assert frames.shape == (500, GIVEN, SKELETON.num_joints, 2)
        assert distance_to_class(frames, label).max() == 0
        assert len(np.unique(frames, axis=0)) > 4


def test_a_mixture_draws_a_class_with_its_share(start_frames):
    label = np.array([[0.0, 0.3, 0.7]] * 500, np.float32)

    frames = start_frames(label, CHANCE).numpy()

    shares = [np.mean(distance_to_class(frames, number) == 0) for number in range(CLASSES)]
    np.testing.assert_allclose(shares, [0, 0.3, 0.7], atol=0.06)


def test_the_least_and_the_greatest_chance_stay_within_the_class(start_frames):
    ends = np.array([[0.0, 0.0], [np.nextafter(np.float32(1), 0)] * 2], np.float32)

    frames = start_frames(np.eye(CLASSES, dtype=np.float32)[[1, 1]], ends).numpy()

    bank = start_frames.bank.numpy()
    np.testing.assert_array_equal(frames, bank[1, [0, CLIPS - 1]])


def test_a_run_of_another_seed_starts_from_other_clips(start_frames):
    assert not np.array_equal(filled(seed=1).bank, start_frames.bank)
    np.testing.assert_array_equal(filled(seed=0).bank, start_frames.bank)


def test_resampled_clips_are_not_those_that_evaluations_compare_with():
    resampled = dataclasses.replace(small_data(), clips="resample", stride=1, first_start=0)
    compared = evaluation_clips(resampled, "train", 50, 0, FRAMES)[:, :, :GIVEN]  # all of a half
    layer = StartFrames(CLASSES, GIVEN, (SKELETON.num_joints, 2))

    layer.fill(resampled, FRAMES, seed=0)

    for own, others in zip(layer.bank.numpy(), compared, strict=True):
        assert (np.abs(own[:, None] - others[None]).max(axis=(2, 3, 4)) > 0).all()
