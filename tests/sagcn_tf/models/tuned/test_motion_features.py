import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.motion_features import MotionFeatures
from tests.small_data import FRAMES, SKELETON, small_data
from tests.tuned_reference import PARENTS, motion_features

JOINTS = SKELETON.num_joints


def make_features(data, differences=False, dtype="float32"):
    dimensions = data.mean.shape[1]
    layer = MotionFeatures(SKELETON, dimensions, differences=differences, dtype=dtype)
    layer.adapt(BodyStatistics.from_data(data, FRAMES))
    return layer


def some_clips(data):
    """Four clips of its training split, `[4, T, N, D]`."""
    return np.stack([data.train.frames[start : start + FRAMES] for start in (0, 9, 30, 70)])


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("differences", [False, True])
def test_joints_bones_lengths_and_differences_are_those_of_a_loop(dimensions, differences):
    data = small_data(dimensions)
    body, motion = BodyStatistics.from_data(data, FRAMES), some_clips(data)

    features = make_features(data, differences)(motion)

    width = 2 * JOINTS * dimensions + JOINTS + differences * JOINTS * (dimensions + 1)
    assert features.shape == (4, FRAMES, width) and features.dtype == tf.float32
    for clip, seen in zip(motion, features, strict=True):
        expected = motion_features(body, PARENTS, clip, differences)
        np.testing.assert_allclose(seen, expected, rtol=1e-4, atol=1e-4)


def test_of_other_clips_of_the_data_bones_and_lengths_have_a_mean_of_zero_and_a_spread_of_one():
    """Frame differences are scaled together, which keeps their proportions."""
    data, joints = small_data(3), 3 * JOINTS
    clips = evaluation_clips(data, "train", 500, 1, FRAMES).reshape(-1, FRAMES, JOINTS, 3)

    features = make_features(data, differences=True)(clips).numpy()

    bones_and_lengths = features[..., joints : 2 * joints + JOINTS]
    assert np.abs(bones_and_lengths.mean(axis=(0, 1))).max() < 0.1
    assert np.abs(bones_and_lengths.std(axis=(0, 1)) - 1).max() < 0.1
    joint_differences = features[:, 1:, 2 * joints + JOINTS : -JOINTS]
    assert np.sqrt(np.mean(joint_differences**2)) == pytest.approx(0.25, rel=0.05)
    assert np.abs(features[:, 0, 2 * joints + JOINTS :]).max() == 0


@pytest.mark.parametrize("dimensions", [2, 3])
def test_data_in_meters_and_in_millimeters_have_the_same_features(dimensions):
    data = small_data(dimensions)
    other = dataclasses.replace(data, mean=1000 * data.mean, std=1000 * data.std)
    motion = some_clips(data)

    features = [make_features(one, differences=True)(motion) for one in (data, other)]

    np.testing.assert_allclose(*features, rtol=1e-4, atol=1e-4)


def test_rigid_bones_and_joints_that_never_move_have_finite_features():
    """For a body that stands still except for one hand, with and without noise."""
    data = small_data()
    frames = data.train.frames.copy()
    frames[:, :-1] = 0
    std = data.std.copy()
    std[:-1] = 1e-3 * std[-1]  # the lower bound of a data set's spread
    data = dataclasses.replace(data, std=std, train=dataclasses.replace(data.train, frames=frames))
    motion = some_clips(data)
    noise = np.random.default_rng(0).normal(size=motion.shape).astype(np.float32)

    features = make_features(data, differences=True)

    assert np.abs(features(motion)).max() < 10
    assert np.abs(features(motion + noise)).max() < 100


def test_before_they_know_a_body_features_and_their_gradient_are_finite():
    """Also if all joints coincide and all bones have length 0."""
    motion = tf.zeros([2, FRAMES, JOINTS, 2])
    layer = MotionFeatures(SKELETON, 2, differences=True)
    with tf.GradientTape() as tape:
        tape.watch(motion)
        features = layer(motion)

    assert np.isfinite(features).all()
    assert np.isfinite(tape.gradient(features, motion)).all()


def test_nothing_is_trained_and_everything_is_saved():
    data = small_data()
    layer, other = make_features(data, differences=True), MotionFeatures(SKELETON, 2, True)
    other.set_weights(layer.get_weights())

    assert not layer.trainable_variables
    np.testing.assert_array_equal(other(some_clips(data)), layer(some_clips(data)))


def test_mixed_precision_does_not_change_features():
    data = small_data()
    exact, mixed = (make_features(data, True, dtype) for dtype in ("float32", "mixed_bfloat16"))

    features = mixed(some_clips(data))

    assert features.dtype == tf.float32
    np.testing.assert_array_equal(features, exact(some_clips(data)))
