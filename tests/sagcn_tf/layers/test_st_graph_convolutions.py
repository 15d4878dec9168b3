"""The ST-GC block: five tested layers, each coordinate on its own, and a linear map."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import STGraphConvolutions
from tests import layer_checks

FRAMES, JOINTS, CENTER = layer_checks.FRAMES, layer_checks.JOINTS, 1
ADJACENCY = layer_checks.adjacency_of()
WIDTHS = (4, 6, 6, 8, 8)


def example(dtype="float64", coordinates=2):
    """Motion [B, T, N, D], and attention [B, T, T], which must be ignored."""
    rng = np.random.default_rng(1)
    motion = layer_checks.random_motion(rng, coordinates=coordinates, dtype=dtype)
    return motion, layer_checks.random_attention(rng, dtype=dtype)


def block(dtype="float64", coordinates=2, outputs=None):
    motion, attention = example(dtype, coordinates)
    layer = STGraphConvolutions(WIDTHS, ADJACENCY, CENTER, outputs, dtype=dtype)
    layer(motion, attention)
    rng = np.random.default_rng(2)
    for weight in layer.weights:
        weight.assign(weight + 0.2 * rng.uniform(0, 1, size=weight.shape))
    return layer


@pytest.mark.parametrize("coordinates", [1, 2, 3])
def test_equals_its_layers_one_after_the_other_for_each_coordinate(coordinates):
    motion, attention = example(coordinates=coordinates)
    layer = block()
    outputs = np.array(layer(motion, attention))
    assert outputs.shape == motion.shape
    for d in range(coordinates):
        hidden = motion[..., d].transpose(0, 2, 1)[..., None]  # [B, N, T, 1]
        for convolution in layer.convolutions:
            hidden = convolution(hidden)
        expected = np.array(layer.output_projection(hidden))[..., 0].transpose(0, 2, 1)
        assert expected.std() > 0.01
        np.testing.assert_allclose(outputs[..., d], expected, rtol=1e-9)


@pytest.mark.parametrize("outputs", [1, 3])
def test_with_outputs_all_coordinates_are_channels_of_one_graph(outputs):
    motion, attention = example(coordinates=4)
    layer = block(coordinates=4, outputs=outputs)
    hidden = motion.transpose(0, 2, 1, 3)  # [B, N, T, F]
    for convolution in layer.convolutions:
        hidden = convolution(hidden)
    expected = np.array(layer.output_projection(hidden)).transpose(0, 2, 1, 3)
    assert expected.shape == (2, FRAMES, JOINTS, outputs) and expected.std() > 0.01
    np.testing.assert_allclose(layer(motion, attention), expected, rtol=1e-9)


def test_the_layers_have_the_widths_and_residual_connections_of_the_row():
    layers = block().convolutions
    assert [layer.filters for layer in layers] == list(WIDTHS)
    assert [layer.residual for layer in layers] == [False, True, True, True, True]
    projected = [layer.projection is not None for layer in layers]
    assert projected == [False, True, False, True, False]
    assert {layer.center for layer in layers} == {CENTER}


def test_statistics_are_of_all_coordinates_together():
    motion, attention = example()
    layer = block()
    first = layer.convolutions[0]
    hidden = motion.transpose(0, 3, 2, 1).reshape(-1, JOINTS, FRAMES, 1)
    expected = np.array(first._over_joints(tf.constant(hidden))).mean(axis=(0, 1, 2))
    before = first.spatial_normalization.moving_mean.numpy()
    layer(motion, attention, training=True)
    np.testing.assert_allclose(
        first.spatial_normalization.moving_mean, 0.9 * before + 0.1 * expected, rtol=1e-9
    )


@pytest.mark.parametrize("outputs", [None, 3])
def test_configuration_saving_and_a_traced_call(outputs, tmp_path):
    motion, attention = example("float32")
    layer = block("float32", outputs=outputs)
    config = json.loads(json.dumps(layer.get_config()))
    assert json.loads(json.dumps(STGraphConvolutions.from_config(config).get_config())) == config
    symbols = [keras.Input([FRAMES, JOINTS, 2]), keras.Input([FRAMES, FRAMES])]
    model = keras.Model(symbols, layer(*symbols))
    assert model.output_shape == (None, FRAMES, JOINTS, outputs or 2)
    reloaded = layer_checks.saved_and_loaded(model, tmp_path / "model.keras")
    outputs, expected = reloaded.predict([motion, attention], verbose=0), layer(motion, attention)
    assert np.linalg.norm(outputs - expected) < 1e-5 * np.linalg.norm(expected)


@pytest.mark.parametrize("training", [False, True])
def test_mixed_bfloat16_is_close_to_float32(training):
    motion, attention = example("float32")
    exact = block("float32")
    mixed = STGraphConvolutions(WIDTHS, ADJACENCY, CENTER, dtype="mixed_bfloat16")
    mixed(motion, attention)
    mixed.set_weights(exact.get_weights())
    outputs = mixed(motion, attention, training=training)
    expected = np.array(exact(motion, attention, training=training))
    assert outputs.dtype == "float32"
    assert mixed.convolutions[0].compute_dtype == "bfloat16"
    assert np.linalg.norm(outputs - expected) < 0.06 * np.linalg.norm(expected)
