"""One graph convolution against eq. 7 with the full [NT x NT] matrix."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import GraphConvolution, StructureAwareGraph
from tests import dense_reference, layer_checks

FRAMES, JOINTS, CHANNELS, FILTERS = layer_checks.FRAMES, layer_checks.JOINTS, 3, 4
ADJACENCY = layer_checks.adjacency_of()


def graph_of(pruned, adjacency=ADJACENCY, dtype="float64"):
    return StructureAwareGraph.from_attention(pruned, adjacency, dtype)


def example(coordinates=2, top_k=3, dtype="float64", seed=1):
    """Features [B, T, N, D, C], pruned attention [B, T, T] and its graph."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=[2, FRAMES, JOINTS, coordinates, CHANNELS]).astype(dtype)
    attention = layer_checks.random_attention(rng, dtype=dtype)
    pruned = np.stack([dense_reference.prune(clip, top_k) for clip in attention])
    return features, pruned, graph_of(pruned, dtype=dtype)


def convolution(graph, features, activation=None, filters=FILTERS, dtype="float64", **options):
    """A layer with random weights."""
    layer = GraphConvolution(filters, activation=activation, dtype=dtype, **options)
    layer(features, graph=graph)
    layer_checks.randomize_weights(layer, np.random.default_rng(2))
    return layer


def convolved_by_reference(
    features, pruned, kernel, bias, own_kernel=None, activation=None, adjacency=ADJACENCY
):
    """The dense convolution of every clip and coordinate, [B, T, N, D, filters]."""
    batch, frames, joints, coordinates, channels = features.shape
    outputs = np.zeros([batch, frames, joints, coordinates, kernel.shape[1]])
    for b in range(batch):
        graph = dense_reference.normalized_graph(pruned[b], adjacency)
        for d in range(coordinates):
            nodes = features[b, :, :, d].reshape(frames * joints, channels)
            nodes = dense_reference.graph_convolution(
                nodes, graph, kernel, bias, own_kernel, activation=activation or identity
            )
            outputs[b, :, :, d] = nodes.reshape(frames, joints, -1)
    return outputs


def identity(values):
    return values


@pytest.mark.parametrize("filters", [1, CHANNELS, 8], ids=["fewer", "as many", "more"])
@pytest.mark.parametrize("coordinates", [1, 2, 3])
@pytest.mark.parametrize(
    ("activation", "expected_activation"), [("relu", dense_reference.relu), (None, identity)]
)
def test_equals_the_dense_equation(filters, coordinates, activation, expected_activation):
    features, pruned, graph = example(coordinates)
    layer = convolution(graph, features, activation, filters)
    expected = convolved_by_reference(
        features,
        pruned,
        layer.kernel.numpy(),
        layer.bias.numpy(),
        activation=expected_activation,
    )
    np.testing.assert_allclose(layer(features, graph=graph), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("filters", [2, 8])
def test_equals_the_dense_equation_for_a_directed_weighted_adjacency(filters):
    rng = np.random.default_rng(3)
    adjacency = rng.uniform(0.2, 2.0, size=[JOINTS, JOINTS]).astype("float32")
    features, pruned, _ = example()
    graph = graph_of(pruned, adjacency)
    layer = GraphConvolution(filters, dtype="float64")
    outputs = layer(features, graph=graph)
    expected = convolved_by_reference(
        features, pruned, layer.kernel.numpy(), layer.bias.numpy(), adjacency=adjacency
    )
    np.testing.assert_allclose(outputs, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("filters", [2, 8])
@pytest.mark.parametrize("activation", [None, "relu"])
def test_gradients_equal_finite_differences(filters, activation):
    rng = np.random.default_rng(4)
    features, pruned, graph = example()
    layer = convolution(graph, features, activation, filters)
    features, pruned = tf.constant(features), tf.constant(pruned)
    function = dense_reference.relu if activation else identity
    layer_checks.assert_gradients_match(
        lambda: layer(features, graph=graph_of(tf.linalg.band_part(pruned, -1, 0))),
        [features, pruned, *layer_checks.kernel_and_bias(layer)],
        lambda *arrays: convolved_by_reference(*arrays, activation=function),
        rng,
    )


OPTIONS = [{"own_kernel": True}, {"joint_bias": True}, {"own_kernel": True, "joint_bias": True}]


@pytest.mark.parametrize("activation", [None, "relu"])
@pytest.mark.parametrize("options", OPTIONS, ids=["own kernel", "joint bias", "both"])
def test_options_equal_the_dense_equation_in_values_and_gradients(options, activation):
    features, pruned, graph = example()
    layer = convolution(graph, features, activation, **options)
    features, pruned = tf.constant(features), tf.constant(pruned)
    function = dense_reference.relu if activation else identity
    weights = layer_checks.kernel_and_bias(layer)
    if layer.own_kernel:
        weights.append(layer.node_kernel.value)
    assert layer.bias.shape == ((JOINTS, FILTERS) if layer.joint_bias else (FILTERS,))

    def by_reference(*arrays):
        return convolved_by_reference(*arrays, activation=function)

    sources = [features, pruned, *weights]
    expected = by_reference(*(source.numpy() for source in sources))
    np.testing.assert_allclose(layer(features, graph=graph), expected, rtol=1e-11, atol=1e-13)
    layer_checks.assert_gradients_match(
        lambda: layer(features, graph=graph_of(tf.linalg.band_part(pruned, -1, 0))),
        sources,
        by_reference,
        np.random.default_rng(6),
    )


def test_an_own_kernel_can_subtract_what_a_frame_averages():
    """Constant features give 0 and changes remain, which no average can do."""
    features, _, graph = example()
    layer = convolution(graph, features, filters=CHANNELS, own_kernel=True)
    layer.kernel.assign(-np.eye(CHANNELS))
    layer.node_kernel.assign(np.eye(CHANNELS))
    layer.bias.assign(np.zeros(CHANNELS))
    constant = np.full_like(features, 1.7)
    np.testing.assert_allclose(layer(constant, graph=graph), 0.0 * constant, atol=1e-13)
    assert np.abs(layer(features, graph=graph)).max() > 0.1


def test_constant_features_stay_constant():
    """The rows of D^-1 A_s sum to 1, so the average of equal values is that value."""
    features, _, graph = example()
    features = np.full_like(features, 1.7)
    layer = GraphConvolution(CHANNELS, dtype="float64")
    layer(features, graph=graph)
    layer.kernel.assign(np.eye(CHANNELS))
    np.testing.assert_allclose(layer(features, graph=graph), features, rtol=1e-13)


@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_earlier_frames_do_not_see_a_change(changed):
    features, _, graph = example(top_k=FRAMES)
    layer = convolution(graph, features)
    # Nothing is pruned: every later frame sees it.
    layer_checks.assert_causal(lambda moved: layer(moved, graph=graph), features, changed, 1e-3)


def test_a_joint_reaches_its_neighbors_and_its_own_future_only():
    features, _, graph = example(top_k=FRAMES)
    layer = convolution(graph, features)
    joint, frame = 3, 2  # joined to 1 and 4
    moved = features.copy()
    moved[:, frame, joint] += 1.0
    difference = np.abs(
        np.array(layer(moved, graph=graph)) - np.array(layer(features, graph=graph))
    )
    reached = difference.max(axis=(0, 3, 4)) > 0.0
    expected = np.zeros([FRAMES, JOINTS], dtype=bool)
    expected[frame, [1, 3, 4]] = True
    expected[frame:, joint] = True
    np.testing.assert_array_equal(reached, expected)


@keras.saving.register_keras_serializable("tests")
class ConvolutionOfAttention(GraphConvolution):
    """A `GraphConvolution` whose input is the pruned attention instead of the graph."""

    def build(self, features_shape, pruned_shape=None):
        super().build(features_shape)

    def compute_output_shape(self, features_shape, pruned_shape=None):
        return super().compute_output_shape(features_shape)

    def call(self, features, pruned):
        return super().call(features, graph_of(pruned, dtype=self.compute_dtype))


@pytest.mark.parametrize("options", [{}, *OPTIONS])
@pytest.mark.parametrize("filters", [2, 8])
def test_behaves_as_a_keras_layer(filters, options, tmp_path):
    features, pruned, _ = example(dtype="float32")
    kernels, biases = 1 + ("own_kernel" in options), JOINTS if "joint_bias" in options else 1
    layer_checks.run_layer_checks(
        ConvolutionOfAttention,
        {"filters": filters, **options},
        [features, pruned],
        output_shapes=[(FRAMES, JOINTS, 2, filters)],
        weight_count=kernels * CHANNELS * filters + biases * filters,
        folder=tmp_path,
    )


def test_activation_survives_the_configuration():
    layer = GraphConvolution(FILTERS, activation="relu")
    features, _, graph = example(dtype="float32")
    twin = GraphConvolution.from_config(layer.get_config())
    twin(features, graph=graph)
    layer_checks.randomize_weights(twin, np.random.default_rng(5))
    outputs = np.array(twin(features, graph=graph))
    assert outputs.min() == 0.0
    assert outputs.max() > 0.0


@pytest.mark.parametrize("options", [{}, *OPTIONS])
@pytest.mark.parametrize("filters", [2, 8])
def test_mixed_bfloat16_is_close_to_float32(filters, options):
    features, pruned, graph = example(dtype="float32")
    rounded = graph_of(pruned, dtype="bfloat16")
    exact = convolution(graph, features, filters=filters, dtype="float32", **options)
    mixed = GraphConvolution(filters, dtype="mixed_bfloat16", **options)
    mixed(features, graph=rounded)
    mixed.set_weights(exact.get_weights())
    outputs = mixed(features, graph=rounded)
    assert outputs.dtype == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)
    layer_checks.assert_all_close(outputs, exact(features, graph=graph), rtol=0.02, atol=0.03)
