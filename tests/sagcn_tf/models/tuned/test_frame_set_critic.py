import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.skeleton import Skeleton
from tests.critic_checks import assert_close_under_mixed_precision, assert_the_class_matters
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips, small_config, small_data
from tests.tuned_reference import (
    PARENTS,
    class_spreads,
    leaky_relu,
    linear,
    motion_features,
    projected_logit,
)

CLASSES = len(CLASS_NAMES)
K_FRAME = small_config("tuned").k_frame


def make_critic(dimensions=2, dtype="float32", **overrides):
    """A critic adapted to the bodies of the small data, and their statistics."""
    critic = FrameSetCritic(
        small_config("tuned", **overrides), CLASSES, SKELETON, dimensions, dtype=dtype
    )
    randomize_weights(critic, np.random.default_rng(0))
    body = BodyStatistics.from_data(small_data(dimensions), FRAMES)
    critic.adapt(body)
    return critic, body


def frames_and_label(dimensions=2):
    motion, label = batch_of_clips(dimensions=dimensions)
    return motion[:, :K_FRAME], label


def reference_logits(critic, body, clips, labels):
    """Maps of each frame, their mean and its spread in the class, and one more map."""
    means = []
    for frames, label in zip(clips, labels, strict=True):
        per_frame = []
        for seen in motion_features(body, PARENTS, frames):
            hidden = leaky_relu(linear(critic.first, seen) + linear(critic.label_map, label))
            per_frame.append(leaky_relu(linear(critic.second, hidden)))
        means.append(sum(per_frame) / len(per_frame))
    logits = []
    for mean, spread, label in zip(means, class_spreads(means, labels), labels, strict=True):
        mapped = linear(critic.set_map, mean) + linear(critic.set_label_map, label)
        mapped = leaky_relu(mapped + linear(critic.spread_map, spread))
        logits.append(projected_logit(critic.logit, mean + mapped, label))
    return logits


@pytest.mark.parametrize("dimensions", [2, 3])
def test_logits_are_those_of_an_independent_version(dimensions):
    critic, body = make_critic(dimensions)
    frames, label = frames_and_label(dimensions)

    logits = critic((frames, label))

    assert logits.shape == (4,) and logits.dtype == tf.float32
    expected = reference_logits(critic, body, frames, label)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_the_order_of_the_frames_does_not_matter_but_each_frame_does():
    critic, _ = make_critic()
    frames, label = frames_and_label()
    logits = critic((frames, label)).numpy()

    shuffled = frames[:, np.random.default_rng(0).permutation(K_FRAME)]
    np.testing.assert_allclose(critic((shuffled, label)), logits, rtol=1e-4, atol=1e-4)
    for frame in range(K_FRAME):
        moved = frames.copy()
        moved[:, frame] += 1
        assert np.abs(critic((moved, label)) - logits).min() > 1e-3


def test_the_class_matters():
    assert_the_class_matters(make_critic()[0], frames_and_label())


def test_mixed_precision_gives_float32_logits_and_weights():
    exact, _ = make_critic()
    mixed, _ = make_critic(mixed_precision=True, dtype="mixed_bfloat16")

    assert_close_under_mixed_precision(mixed, exact, frames_and_label(), mixed.first)


def test_one_class_and_three_frames_are_enough():
    config = small_config("tuned", frames=3, k_frame=1)
    critic = FrameSetCritic(config, 1, SKELETON, 3)

    logits = critic((batch_of_clips(dimensions=3)[0][:, :1], np.ones([4, 1], np.float32)))

    assert logits.shape == (4,) and np.isfinite(logits).all()


def test_the_critic_of_tuned_has_as_many_weights_as_its_layers_say():
    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    critic = FrameSetCritic(make_config(preset="tuned"), 10, skeleton)

    expected = (30 + 30 + 15 + 1) * 256 + (256 + 1) * 256  # joints, bones and lengths
    expected += (2 * 256 + 1) * 256 + 2 * 10 * 256  # of the set and its spread, and of the label
    expected += (256 + 1) + 10 * 256  # the logit
    assert sum(np.prod(weight.shape) for weight in critic.trainable_weights) == expected
