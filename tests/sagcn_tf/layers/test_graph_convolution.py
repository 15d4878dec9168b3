"""One graph convolution against eq. 7 with the full [NT x NT] matrix."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import GraphConvolution, StructureAwareGraph
from tests import dense_reference, layer_checks

FRAMES, JOINTS, CHANNELS, FILTERS = layer_checks.FRAMES, layer_checks.JOINTS, 3, 4
ADJACENCY = layer_checks.adjacency_of()


def example(coordinates=2, top_k=3, dtype="float64", seed=1):
    """Features [B, N, T, D, C], pruned attention [B, T, T] and its graph [B, N, T, 2T]."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=[2, JOINTS, FRAMES, coordinates, CHANNELS]).astype(dtype)
    attention = layer_checks.random_attention(rng, dtype=dtype)
    pruned = np.stack([dense_reference.prune(clip, top_k) for clip in attention])
    graph = StructureAwareGraph(ADJACENCY, dtype=dtype)(pruned)
    return features, pruned, graph


def convolution(graph, features, activation=None, filters=FILTERS, dtype="float64"):
    """A layer with random weights."""
    layer = GraphConvolution(filters, ADJACENCY, activation=activation, dtype=dtype)
    layer(features, graph)
    layer_checks.randomise_weights(layer, np.random.default_rng(2))
    return layer


def convolved_by_reference(features, pruned, kernel, bias, activation, adjacency=ADJACENCY):
    """The dense convolution of every clip and coordinate, [B, N, T, D, filters]."""
    batch, joints, frames, coordinates, channels = features.shape
    outputs = np.zeros([batch, joints, frames, coordinates, kernel.shape[1]])
    for b in range(batch):
        graph = dense_reference.normalised_graph(pruned[b], adjacency)
        for d in range(coordinates):
            # [N, T, C] -> [T, N, C] -> [T * N, C]
            nodes = features[b, :, :, d].transpose(1, 0, 2).reshape(frames * joints, channels)
            nodes = dense_reference.graph_convolution(
                nodes, graph, kernel, bias, activation=activation
            )
            # [T * N, filters] -> [T, N, filters] -> [N, T, filters]
            outputs[b, :, :, d] = nodes.reshape(frames, joints, -1).transpose(1, 0, 2)
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
        features, pruned, layer.kernel.numpy(), layer.bias.numpy(), expected_activation
    )
    np.testing.assert_allclose(layer(features, graph), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("filters", [2, 8])
def test_equals_the_dense_equation_for_a_directed_weighted_adjacency(filters):
    rng = np.random.default_rng(3)
    adjacency = rng.uniform(0.2, 2.0, size=[JOINTS, JOINTS]).astype("float32")
    features, pruned, _ = example()
    graph = StructureAwareGraph(adjacency, dtype="float64")(pruned)
    layer = GraphConvolution(filters, adjacency, dtype="float64")
    outputs = layer(features, graph)
    expected = convolved_by_reference(
        features, pruned, layer.kernel.numpy(), layer.bias.numpy(), identity, adjacency
    )
    np.testing.assert_allclose(outputs, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("filters", [2, 8])
@pytest.mark.parametrize("activation", [None, "relu"])
def test_gradients_equal_finite_differences(filters, activation):
    rng = np.random.default_rng(4)
    features, pruned, graph = example()
    layer = convolution(graph, features, activation, filters)
    features, pruned = tf.constant(features), tf.constant(pruned)
    structure = StructureAwareGraph(ADJACENCY, dtype="float64")
    function = dense_reference.relu if activation else identity
    layer_checks.assert_gradients_match(
        lambda: layer(features, structure(tf.linalg.band_part(pruned, -1, 0))),
        [features, pruned, *layer_checks.kernel_and_bias(layer)],
        lambda *arrays: convolved_by_reference(*arrays, activation=function),
        rng,
    )


def test_constant_features_stay_constant():
    """The rows of D^-1 A_s sum to 1: an average of equal numbers is that number."""
    features, _, graph = example()
    features = np.full_like(features, 1.7)
    layer = GraphConvolution(CHANNELS, ADJACENCY, dtype="float64")
    layer(features, graph)
    layer.kernel.assign(np.eye(CHANNELS))
    np.testing.assert_allclose(layer(features, graph), features, rtol=1e-13)


@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_earlier_frames_do_not_see_a_change(changed):
    features, _, graph = example(top_k=FRAMES)
    layer = convolution(graph, features)
    moved = features.copy()
    moved[:, :, changed] += 1.0
    difference = np.abs(np.array(layer(moved, graph)) - np.array(layer(features, graph)))
    per_frame = difference.max(axis=(0, 1, 3, 4))
    assert np.all(per_frame[:changed] == 0.0)
    assert np.all(per_frame[changed:] > 1e-3)  # nothing is pruned: every later frame sees it


def test_a_joint_reaches_its_neighbours_and_its_own_future_only():
    features, _, graph = example(top_k=FRAMES)
    layer = convolution(graph, features)
    joint, frame = 3, 2  # joined to 1 and 4
    moved = features.copy()
    moved[:, joint, frame] += 1.0
    difference = np.abs(np.array(layer(moved, graph)) - np.array(layer(features, graph)))
    reached = difference.max(axis=(0, 3, 4)) > 0.0
    expected = np.zeros([JOINTS, FRAMES], dtype=bool)
    expected[[1, 3, 4], frame] = True
    expected[joint, frame:] = True
    np.testing.assert_array_equal(reached, expected)


@pytest.mark.parametrize("filters", [2, 8])
def test_behaves_as_a_keras_layer(filters, tmp_path):
    features, _, graph = example(dtype="float32")
    layer_checks.run_layer_checks(
        GraphConvolution,
        {"filters": filters, "adjacency": ADJACENCY},
        [features, np.array(graph)],
        output_shapes=[(JOINTS, FRAMES, 2, filters)],
        weight_count=CHANNELS * filters + filters,
        folder=tmp_path,
    )


def test_activation_survives_the_configuration():
    layer = GraphConvolution(FILTERS, ADJACENCY, activation="relu")
    features, _, graph = example(dtype="float32")
    twin = GraphConvolution.from_config(layer.get_config())
    twin(features, graph)
    layer_checks.randomise_weights(twin, np.random.default_rng(5))
    outputs = np.array(twin(features, graph))
    assert outputs.min() == 0.0
    assert outputs.max() > 0.0


@pytest.mark.parametrize("filters", [2, 8])
def test_mixed_bfloat16_is_close_to_float32(filters):
    features, _, graph = example(dtype="float32")
    exact = convolution(graph, features, filters=filters, dtype="float32")
    mixed = GraphConvolution(filters, ADJACENCY, dtype="mixed_bfloat16")
    mixed(features, graph)
    mixed.set_weights(exact.get_weights())
    outputs = mixed(features, graph)
    assert outputs.dtype == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)
    layer_checks.assert_all_close(outputs, exact(features, graph), rtol=0.02, atol=0.03)
