"""Saving and loading of the generators and discriminators of SA-GCN."""

import json

import keras
import numpy as np
import pytest

from sagcn_tf.models.paper.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.paper.generator import Generator
from sagcn_tf.models.paper.sequence_discriminator import SequenceDiscriminator
from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.models.tuned.generator import TunedGenerator
from sagcn_tf.models.tuned.temporal_critic import TemporalCritic
from tests.layer_checks import randomize_weights, saved_and_loaded
from tests.small_data import CLASS_NAMES, SKELETON, small_config

NETWORKS = [
    ("paper", Generator),
    ("paper", SequenceDiscriminator),
    ("paper", FrameDiscriminator),
    ("tuned", TunedGenerator),
    ("tuned", TemporalCritic),
    ("tuned", FrameSetCritic),
]
every_network = pytest.mark.parametrize(
    ("preset", "network_class"), NETWORKS, ids=[network.__name__ for _, network in NETWORKS]
)


def make_network(preset, network_class, dimensions=3, **options):
    """A network with random weights, including those that are measured instead of trained."""
    config = small_config(preset, top_k=2)
    network = network_class(config, len(CLASS_NAMES), SKELETON, dimensions, **options)
    randomize_weights(network, np.random.default_rng(0))
    for weight in network.weights:
        if not weight.trainable:
            weight.assign(np.abs(weight.numpy()) + 0.5)  # among them spreads and squared lengths
    return network


def inputs_of(network):
    """Two clips, motion or noise, and their labels."""
    frames = network.config.k_frame if "Frame" in type(network).__name__ else network.config.frames
    shape = getattr(network, "noise_shape", [frames, SKELETON.num_joints, network.dimensions])
    rng = np.random.default_rng(1)
    return rng.normal(size=[2, *shape]).astype(np.float32), np.eye(3, dtype=np.float32)[:2]


@every_network
def test_a_saved_network_gives_the_same_outputs(tmp_path, preset, network_class):
    network = make_network(preset, network_class, name="saved")

    loaded = saved_and_loaded(network, tmp_path / "network.keras")

    assert type(loaded) is network_class and loaded.name == "saved"
    for actual, expected in zip(loaded.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(loaded(inputs_of(network)), network(inputs_of(network)))


@every_network
def test_a_configuration_is_plain_json_and_makes_the_same_network(preset, network_class):
    network = make_network(preset, network_class, dtype="mixed_bfloat16", trainable=False)
    description = json.loads(json.dumps(keras.saving.serialize_keras_object(network)))

    twin = keras.saving.deserialize_keras_object(description)

    assert twin.config == network.config and twin.skeleton == SKELETON
    assert (twin.num_classes, twin.dimensions, twin.trainable) == (3, 3, False)
    assert twin.dtype_policy.name == "mixed_bfloat16"
    assert [w.shape for w in twin.weights] == [w.shape for w in network.weights]
    twin.set_weights(network.get_weights())
    np.testing.assert_array_equal(twin(inputs_of(network)), network(inputs_of(network)))
