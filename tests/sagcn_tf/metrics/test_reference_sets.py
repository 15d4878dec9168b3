import numpy as np
import pytest

from sagcn_tf.metrics.mmd import mmd
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS


def real_clips(seed, classes=4, m=40, frames=8):
    """Returns clips whose poses are near the center of their class and drift slowly."""
    generator = np.random.default_rng(seed)
    centers = 2 * np.random.default_rng(0).standard_normal((classes, 1, 1, 3, 2))
    poses = generator.standard_normal((classes, m, 1, 3, 2))
    drift = generator.standard_normal((classes, m, frames, 3, 2)).cumsum(axis=2)
    return (centers + poses + 0.3 * drift).astype(np.float32)


TRAINING, TEST = real_clips(1), real_clips(2) + 1


def clips_of(name):
    return REFERENCE_SETS[name](TRAINING, TEST, np.random.default_rng(3))


@pytest.mark.parametrize("name", REFERENCE_SETS)
def test_reference_sets_have_the_shape_of_the_training_clips(name):
    assert clips_of(name).shape == TRAINING.shape
    assert np.isfinite(clips_of(name)).all()


def test_frozen_clips_repeat_the_first_frame():
    frozen = clips_of("one frame, frozen")
    assert (frozen == TRAINING[:, :, :1]).all()


def test_shuffled_clips_have_the_same_frames_in_another_order():
    shuffled = clips_of("frames shuffled in time")
    assert not np.array_equal(shuffled, TRAINING)
    for clip, original in zip(shuffled[2], TRAINING[2], strict=True):
        assert {frame.tobytes() for frame in clip} == {frame.tobytes() for frame in original}


def test_unlabeled_clips_come_from_every_class():
    class_of = {clip.tobytes(): c for c, clips in enumerate(TRAINING) for clip in clips}
    for clips in clips_of("label ignored"):
        assert {class_of[clip.tobytes()] for clip in clips} == {0, 1, 2, 3}


def test_mean_poses_differ_only_between_classes():
    poses = clips_of("mean pose of the class")
    assert np.ptp(poses, axis=(1, 2)).max() == 0
    np.testing.assert_allclose(poses[3, 0, 0], TRAINING[3].mean(axis=(0, 1)), rtol=1e-5)


def test_reference_sets_score_in_the_expected_order():
    """The same order as on real data."""
    names = ["other training clips", "one frame, frozen", "label ignored", "mean pose of the class"]
    scores = [mmd(clips_of(name), real_clips(4))["mmd_seq"] for name in names]
    assert scores == sorted(scores)
    assert scores[0] < 0.1
    assert scores[-1] == pytest.approx(1, abs=0.1)
