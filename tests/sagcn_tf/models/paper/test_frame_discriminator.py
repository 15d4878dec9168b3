import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.paper.frame_discriminator import FrameDiscriminator
from sagcn_tf.skeleton import Skeleton
from tests.critic_checks import assert_close_under_mixed_precision, assert_the_class_matters
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, SKELETON, batch_of_clips, small_config
from tests.tuned_reference import leaky_relu

CLASSES = len(CLASS_NAMES)
K_FRAME = small_config().k_frame


def make_discriminator(dimensions=2):
    network = FrameDiscriminator(small_config(), CLASSES, SKELETON, dimensions)
    randomize_weights(network, np.random.default_rng(0))
    return network


def frames_and_label(dimensions=2):
    motion, label = batch_of_clips(dimensions=dimensions)
    return motion[:, :K_FRAME], label


def reference_logit(network, frames, label):
    """One clip, frame by frame."""
    first, second, third, fourth = ((m.kernel.numpy(), m.bias.numpy()) for m in network.maps)
    # The class stands beside the features, so its weights are rows of one larger matrix.
    third_kernel = np.concatenate([third[0], network.label_map.kernel.numpy()])
    values = []
    for frame in frames:
        pose = frame.reshape(-1)
        hidden = leaky_relu(pose @ first[0] + first[1])
        hidden = leaky_relu(hidden @ second[0] + second[1]) + pose @ network.skip.kernel.numpy()
        hidden = leaky_relu(np.concatenate([hidden, label]) @ third_kernel + third[1])
        hidden = leaky_relu(hidden @ fourth[0] + fourth[1])
        value = hidden @ network.frame_value.kernel.numpy() + network.frame_value.bias.numpy()
        values.append(value[0])
    return values @ network.logit.kernel.numpy()[:, 0] + network.logit.bias.numpy()[0]


@pytest.mark.parametrize("dimensions", [2, 3])
def test_logits_are_those_of_an_independent_version(dimensions):
    network = make_discriminator(dimensions)
    frames, label = frames_and_label(dimensions)

    logits = network((frames, label))

    assert logits.shape == (4,) and logits.dtype == tf.float32
    expected = [reference_logit(network, *clip) for clip in zip(frames, label, strict=True)]
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_the_class_matters():
    assert_the_class_matters(make_discriminator(), frames_and_label())


def test_mixed_precision_gives_float32_logits_and_weights():
    config = small_config(mixed_precision=True)
    mixed = FrameDiscriminator(config, CLASSES, SKELETON, dtype="mixed_bfloat16")

    exact = make_discriminator()
    assert_close_under_mixed_precision(mixed, exact, frames_and_label(), mixed.maps[0])


def test_the_paper_s_discriminator_has_as_many_weights_as_its_layers_say():
    network = FrameDiscriminator(
        make_config(preset="paper"), 10, Skeleton.from_metadata(HUMAN36M_15)
    )

    expected = (30 + 1) * 1024 + (1024 + 1) * 512 + 30 * 512
    expected += (512 + 10 + 1) * 1024 + (1024 + 1) * 128 + (128 + 1) + (20 + 1)
    assert network.count_params() == expected
    assert expected == pytest.approx(1_240_000, rel=0.01)
