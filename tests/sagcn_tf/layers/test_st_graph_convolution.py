"""A layer of ST-GCN against the same, computed joint by joint and frame by frame."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import STGraphConvolution, spatial_partitions
from tests import dense_reference, layer_checks, two_replicas_of_a_layer

FRAMES, JOINTS, CHANNELS, FILTERS, CENTER = 11, layer_checks.JOINTS, 3, 4, 1
ADJACENCY = layer_checks.adjacency_of()
NORMALIZATIONS = ("spatial", "temporal", "residual")


def example(channels=CHANNELS, dtype="float64", batch=2):
    """Features [B, N, T, C]."""
    rng = np.random.default_rng(1)
    return rng.normal(size=[batch, JOINTS, FRAMES, channels]).astype(dtype)


def make_layer(features, residual=True, dtype="float64", filters=FILTERS):
    """A layer with random weights and statistics."""
    rng = np.random.default_rng(2)
    layer = STGraphConvolution(filters, ADJACENCY, CENTER, residual, dtype=dtype)
    layer(features)
    for weight in layer.trainable_weights:
        scale = 0.5 if len(weight.shape) == 1 else np.prod(weight.shape[:-1]) ** -0.5
        weight.assign(rng.normal(scale=scale, size=weight.shape))
    for one in normalizations_of(layer).values():
        one.moving_mean.assign(rng.normal(scale=0.3, size=filters))
        one.moving_variance.assign(rng.uniform(0.2, 1.0, size=filters))
    return layer


def normalizations_of(layer):
    """The batch normalizations by name, that of the residual only if it is projected."""
    layers = {name: getattr(layer, f"{name}_normalization", None) for name in NORMALIZATIONS}
    return {name: one for name, one in layers.items() if one is not None}


def variables_of(layer):
    """All trained weights, in the order of the reference's arguments."""
    parts = [layer.edge_importance, layer.kernel, layer.bias]
    parts += [layer.temporal_convolution.kernel, layer.temporal_convolution.bias]
    for one in normalizations_of(layer).values():
        parts += [one.gamma, one.beta]
    if layer.projection is not None:
        parts += [layer.projection.kernel, layer.projection.bias]
    assert len(parts) == len(layer.trainable_weights)
    return [part.value for part in parts]


def normalized(hidden, gamma, beta, statistics):
    """Normalizes by the given mean and variance, or by those of the batch."""
    mean, variance = statistics or (hidden.mean(axis=(0, 1, 2)), hidden.var(axis=(0, 1, 2)))
    return (hidden - mean) / np.sqrt(variance + 1e-5) * gamma + beta


def by_reference(features, importance, kernel, bias, temporal, temporal_bias, *rest, statistics):
    """The layer with its residual connection; statistics is {name: (mean, variance)}, or {}."""
    batch, joints, frames, channels = features.shape
    groups = spatial_partitions(ADJACENCY, CENTER) * importance
    kernels = kernel.reshape(len(groups), channels, -1)
    hidden = np.zeros([batch, joints, frames, kernels.shape[-1]])
    for group, matrix, offset in zip(groups, kernels, bias, strict=True):
        for n in range(joints):
            for m in range(joints):
                hidden[:, n] += group[m, n] * (features[:, m] @ matrix + offset)
    hidden = dense_reference.relu(normalized(hidden, *rest[:2], statistics.get("spatial")))
    convolved = np.zeros(hidden.shape[:-1] + temporal.shape[-1:]) + temporal_bias
    for t in range(frames):
        for offset in range(-4, 5):
            if 0 <= t + offset < frames:
                convolved[:, :, t] += hidden[:, :, t + offset] @ temporal[0, offset + 4]
    outputs = normalized(convolved, *rest[2:4], statistics.get("temporal"))
    if len(rest) == 8:
        features = features @ rest[6] + rest[7]
        features = normalized(features, *rest[4:6], statistics.get("residual"))
    return dense_reference.relu(outputs + features)


def moving_statistics(layer):
    return {
        name: (one.moving_mean.numpy(), one.moving_variance.numpy())
        for name, one in normalizations_of(layer).items()
    }


@pytest.mark.parametrize("channels", [CHANNELS, FILTERS], ids=["projected", "equal widths"])
@pytest.mark.parametrize("training", [False, True])
def test_equals_the_reference(channels, training):
    features = example(channels)
    layer = make_layer(features)
    expected = by_reference(
        features,
        *(v.numpy() for v in variables_of(layer)),
        statistics={} if training else moving_statistics(layer),
    )
    assert np.mean(expected > 0) > 0.2
    outputs = layer(features, training=training)
    np.testing.assert_allclose(outputs, expected, rtol=1e-10, atol=1e-11)


def test_the_first_layer_of_a_network_has_no_residual_connection():
    features = example(FILTERS)
    with_it = make_layer(features)
    without = make_layer(features, residual=False)
    without.set_weights(with_it.get_weights())
    # Where both are positive they differ by the inputs.
    with_it, without = np.array(with_it(features)), np.array(without(features))
    positive = (with_it > 0) & (without > 0)
    assert positive.mean() > 0.1
    np.testing.assert_allclose((with_it - without)[positive], features[positive], rtol=1e-10)
    assert make_layer(example(), residual=False).projection is None


@pytest.mark.parametrize("training", [False, True])
def test_gradients_equal_finite_differences(training):
    features = tf.constant(example())
    layer = make_layer(features)
    statistics = {} if training else moving_statistics(layer)
    layer_checks.assert_gradients_match(
        lambda: layer(features, training=training),
        [features, *variables_of(layer)],
        lambda *arrays: by_reference(*arrays, statistics=statistics),
        np.random.default_rng(3),
    )


def test_training_moves_the_statistics_by_a_tenth_and_sampling_does_not():
    features = example()
    layer = make_layer(features)
    before = layer.spatial_normalization.moving_mean.numpy()
    sums = np.array(layer._over_joints(features))
    layer(features)
    np.testing.assert_array_equal(layer.spatial_normalization.moving_mean, before)
    layer(features, training=True)
    np.testing.assert_allclose(
        layer.spatial_normalization.moving_mean,
        0.9 * before + 0.1 * sums.mean(axis=(0, 1, 2)),
        rtol=1e-12,
    )


@pytest.mark.slow
def test_replicas_keep_the_statistics_of_the_whole_batch(tmp_path):
    command = [sys.executable, "-m", "tests.two_replicas_of_a_layer", str(tmp_path / "file.npz")]
    root = pathlib.Path(__file__).parents[3]
    result = subprocess.run(
        command, cwd=root, env=os.environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    layer = two_replicas_of_a_layer.make_layer()
    clips = [layer._over_joints(tf.constant(two_replicas_of_a_layer.features(i))) for i in (0, 1)]
    statistics = np.load(tmp_path / "file.npz")
    for name, start, reduce in (("mean", 0.0, np.mean), ("variance", 1.0, np.var)):
        of_each = [reduce(sums, axis=(0, 1, 2)) for sums in np.array(clips)]
        assert np.abs(of_each[0] - of_each[1]).min() > 0.3
        expected = 0.9 * start + 0.1 * reduce(np.concatenate(clips), axis=(0, 1, 2))
        np.testing.assert_allclose(statistics[name], [expected, expected], rtol=1e-4)


def test_a_frame_reaches_four_frames_before_and_after_and_its_joint_s_neighbors():
    features = example()
    layer = make_layer(features)
    joint, frame = 3, 5  # joined to 1 and 4
    moved = features.copy()
    moved[:, joint, frame] += 1.0
    reached = np.abs(np.array(layer(moved)) - np.array(layer(features))).max(axis=(0, 3)) > 0
    expected = np.zeros([JOINTS, FRAMES], bool)
    expected[[1, 3, 4], frame - 4 : frame + 5] = True
    np.testing.assert_array_equal(reached, expected)


def test_mixed_bfloat16_is_close_to_float32():
    features = example(dtype="float32")
    exact = make_layer(features, dtype="float32")
    mixed = STGraphConvolution(FILTERS, ADJACENCY, CENTER, dtype="mixed_bfloat16")
    mixed(features)
    mixed.set_weights(exact.get_weights())
    assert mixed(features).dtype == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)
    expected = np.array(exact(features, training=True))
    error = tf.cast(mixed(features, training=True), "float32") - expected
    assert np.linalg.norm(error) < 0.02 * np.linalg.norm(expected)


def test_configuration_saving_and_fit(tmp_path):
    """Of float32 features of any batch size; a reloaded layer has the same statistics."""
    features = example(dtype="float32")
    layer = make_layer(features, dtype="float32")
    config = json.loads(json.dumps(layer.get_config()))
    assert json.loads(json.dumps(STGraphConvolution.from_config(config).get_config())) == config
    assert (config["center"], config["filters"], config["residual"]) == (CENTER, FILTERS, True)
    symbol = keras.Input([JOINTS, FRAMES, CHANNELS])
    model = keras.Model(symbol, layer(symbol))
    assert model.output_shape == (None, JOINTS, FRAMES, FILTERS)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    before = layer.get_weights()
    model.fit(features, np.ones([2, JOINTS, FRAMES, FILTERS], "float32"), verbose=0)
    for old, weight in zip(before, layer.weights, strict=True):
        # A bias before a normalization has no effect except for rounding.
        assert not np.array_equal(old, weight) or "bias" in weight.name, weight.path
    reloaded = layer_checks.saved_and_loaded(model, tmp_path / "model.keras")
    np.testing.assert_array_equal(
        reloaded.predict(features, verbose=0), model.predict(features, verbose=0)
    )


def test_features_of_another_skeleton_are_refused():
    layer = STGraphConvolution(FILTERS, np.eye(5), 0)
    with pytest.raises(ValueError, match="5 joints of the adjacency, received 4"):
        layer(tf.zeros([1, 4, 3, 2]))
