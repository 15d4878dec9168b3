import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.temporal_critic import TemporalCritic
from sagcn_tf.skeleton import Skeleton
from tests.critic_checks import assert_close_under_mixed_precision, assert_the_class_matters
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_config, small_data
from tests.tuned_reference import (
    PARENTS,
    class_spreads,
    leaky_relu,
    linear,
    motion_features,
    projected_logit,
)

CLASSES, CLIPS = len(CLASS_NAMES), 5


def make_critic(frames=FRAMES, dimensions=2, dtype="float32", **overrides):
    """A critic adapted to the bodies of the small data, and their statistics."""
    config = small_config("tuned", frames=frames, k_frame=1, **overrides)
    critic = TemporalCritic(config, CLASSES, SKELETON, dimensions, dtype=dtype)
    randomize_weights(critic, np.random.default_rng(0))
    body = BodyStatistics.from_data(small_data(dimensions), FRAMES)
    critic.adapt(body)
    return critic, body


def motion_and_label(frames=FRAMES, dimensions=2):
    rng = np.random.default_rng(1)
    motion = rng.normal(size=[CLIPS, frames, SKELETON.num_joints, dimensions])
    return motion.astype(np.float32), np.eye(CLASSES, dtype=np.float32)[np.arange(CLIPS) % CLASSES]


def reference_logits(critic, body, clips, labels):
    """Each time step sees four of the level below, in steps of two; the last level is flattened."""
    levels = [reference_features(critic, body, *clip) for clip in zip(clips, labels, strict=True)]
    logits = []
    for hidden, spread, label in zip(levels, class_spreads(levels, labels), labels, strict=True):
        mapped = leaky_relu(linear(critic.clip_map, hidden) + linear(critic.spread_map, spread))
        logits.append(projected_logit(critic.logit, mapped, label))
    return logits


def reference_features(critic, body, motion, label):
    hidden = motion_features(body, PARENTS, motion, differences=True)
    for level, convolution in enumerate(critic.convolutions):
        kernel, bias = convolution.get_weights()
        taps = np.float64(kernel).reshape(4, hidden.shape[1], -1)
        steps = []
        for step in range((len(hidden) + 1) // 2):
            total = np.float64(bias) + (linear(critic.label_map, label) if level == 0 else 0)
            for tap in range(4):
                place = 2 * step - 1 + tap
                if 0 <= place < len(hidden):
                    total = total + hidden[place] @ taps[tap]
            steps.append(leaky_relu(total))
        hidden = np.stack(steps)
    return hidden.ravel()


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize(
    ("frames", "levels"), [(3, 1), (4, 1), (8, 1), (15, 1), (17, 2), (50, 3), (64, 3)]
)
def test_logits_are_those_of_an_independent_version(frames, levels, dimensions):
    critic, body = make_critic(frames, dimensions)
    motion, label = motion_and_label(frames, dimensions)

    logits = critic((motion, label))

    assert len(critic.convolutions) == levels
    assert logits.shape == (CLIPS,) and logits.dtype == tf.float32
    expected = reference_logits(critic, body, motion, label)
    np.testing.assert_allclose(logits, expected, rtol=1e-3, atol=1e-4)


def test_the_order_of_frames_and_every_frame_matter():
    critic, _ = make_critic(17)
    motion, label = motion_and_label(17)
    logits = critic((motion, label)).numpy()

    assert np.abs(critic((motion[:, ::-1], label)) - logits).min() > 1e-3
    for frame in range(17):
        moved = motion.copy()
        moved[:, frame] += 1
        assert np.abs(critic((moved, label)) - logits).min() > 1e-3


def test_the_class_matters():
    assert_the_class_matters(make_critic()[0], motion_and_label())


def test_mixed_precision_gives_float32_logits_and_weights():
    exact, _ = make_critic()
    mixed, _ = make_critic(mixed_precision=True, dtype="mixed_bfloat16")

    assert_close_under_mixed_precision(mixed, exact, motion_and_label(), mixed.convolutions[0])


def test_one_class_is_enough():
    critic = TemporalCritic(small_config("tuned"), 1, SKELETON, 3)

    logits = critic((motion_and_label(dimensions=3)[0], np.ones([CLIPS, 1], np.float32)))

    assert logits.shape == (CLIPS,) and np.isfinite(logits).all()


def test_the_critic_of_tuned_has_as_many_weights_as_its_layers_say():
    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    critic = TemporalCritic(make_config(preset="tuned"), 10, skeleton)

    seen = 30 + 30 + 15 + 30 + 15  # joints, bones, lengths, and differences of joints and lengths
    expected = (4 * seen + 1) * 256 + 10 * 256  # of 50 frames 25 are left
    expected += 2 * (4 * 256 + 1) * 256  # of 25 frames 13, and of 13 frames 7
    expected += (2 * 7 * 256 + 1) * 256  # of the clip and of its spread
    expected += (256 + 1) + 10 * 256
    assert sum(np.prod(weight.shape) for weight in critic.trainable_weights) == expected
