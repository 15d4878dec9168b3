import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.paper.sequence_discriminator import SequenceDiscriminator
from sagcn_tf.skeleton import Skeleton
from tests.convolution_over_time import convolve
from tests.critic_checks import assert_close_under_mixed_precision, assert_the_class_matters
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, SKELETON, batch_of_clips, small_config
from tests.tuned_reference import leaky_relu

CLASSES = len(CLASS_NAMES)


def make_discriminator(dimensions=2, **overrides):
    config = small_config(**overrides)
    network = SequenceDiscriminator(config, CLASSES, SKELETON, dimensions)
    randomize_weights(network, np.random.default_rng(0))
    return network


def reference_logit(network, motion, label):
    """One clip, frame by frame."""
    first, second, third, fourth = ((m.kernel.numpy(), m.bias.numpy()) for m in network.maps)
    # The class stands beside the features, so its weights are rows of one larger matrix.
    third_kernel = np.concatenate([third[0], network.label_map.kernel.numpy()])
    features = []
    for frame in motion:
        hidden = leaky_relu(frame.reshape(-1) @ first[0] + first[1])
        hidden = leaky_relu(hidden @ second[0] + second[1])
        hidden = leaky_relu(np.concatenate([hidden, label]) @ third_kernel + third[1])
        features.append(leaky_relu(hidden @ fourth[0] + fourth[1]))
    values = convolve(features, network.convolution)
    return values @ network.logit.kernel.numpy()[:, 0] + network.logit.bias.numpy()[0]


@pytest.mark.parametrize("dimensions", [2, 3])
def test_logits_are_those_of_an_independent_version(dimensions):
    network = make_discriminator(dimensions)
    motion, label = batch_of_clips(dimensions=dimensions)

    logits = network((motion, label))

    assert logits.shape == (4,) and logits.dtype == tf.float32
    expected = [reference_logit(network, *clip) for clip in zip(motion, label, strict=True)]
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_the_class_and_the_order_of_frames_matter():
    network = make_discriminator()
    motion, label = batch_of_clips()

    assert_the_class_matters(network, (motion, label))
    change = network((motion[:, ::-1], label)) - network((motion, label))
    assert np.abs(change).min() > 1e-3


def test_mixed_precision_gives_float32_logits_and_weights():
    config = small_config(mixed_precision=True)
    mixed = SequenceDiscriminator(config, CLASSES, SKELETON, dtype="mixed_bfloat16")

    exact = make_discriminator()
    assert_close_under_mixed_precision(mixed, exact, batch_of_clips(), mixed.maps[0])


def test_the_paper_s_discriminator_has_as_many_weights_as_its_layers_say():
    network = SequenceDiscriminator(
        make_config(preset="paper"), 10, Skeleton.from_metadata(HUMAN36M_15)
    )

    expected = (30 + 1) * 1000 + (1000 + 1) * 1000 + (1000 + 10 + 1) * 1024 + (1024 + 1) * 128
    expected += (3 * 128 + 1) + (50 + 1)
    assert network.count_params() == expected
    assert expected == pytest.approx(2_200_000, rel=0.01)
