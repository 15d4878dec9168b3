"""The factorised D^-1 A_s against the full [NT x NT] matrix of eq. 2 and 6."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import MaskedSelfAttention, StructureAwareGraph, TopKPruning
from tests import dense_reference, layer_checks

FRAMES, JOINTS = layer_checks.FRAMES, layer_checks.JOINTS
ADJACENCY = layer_checks.adjacency_of().astype("float64")


def pruned_attention(rng, top_k=3, batch=2, frames=FRAMES, dtype="float64"):
    attention = layer_checks.random_attention(rng, batch=batch, frames=frames)
    return np.stack([dense_reference.prune(clip, top_k) for clip in attention]).astype(dtype)


def unfold(graph, adjacency):
    """The [NT, NT] matrix that a factorised graph [N, T, 2T] stands for.

    Entry (n, t, u) links joint n of frame t with joint n of frame u; entry (n, t, T + u) links it
    with all neighbours of joint n in frame u.
    """
    joints, frames, _ = graph.shape
    matrix = np.zeros([frames * joints, frames * joints])
    for t in range(frames):
        for u in range(frames):
            block = np.diag(graph[:, t, u]) + graph[:, t, frames + u][:, None] * adjacency
            matrix[t * joints : (t + 1) * joints, u * joints : (u + 1) * joints] = block
    return matrix


def test_two_frames_two_joints_by_hand():
    """Two joined joints; frame 1 looks at frame 0 with .4 and at itself with .6."""
    adjacency = np.ones([2, 2])
    pruned = np.array([[[1.0, 0.0], [0.4, 0.6]]])
    graph = StructureAwareGraph(adjacency, dtype="float64")(pruned)
    degree = 0.4 + 0.6 * 2
    rows_of_each_joint = [[0, 0, 0.5, 0], [0.4 / degree, 0, 0, 0.6 / degree]]
    np.testing.assert_allclose(graph, [[rows_of_each_joint] * 2], rtol=1e-14)
    by_reference = dense_reference.structure_aware_adjacency(pruned[0], adjacency)
    np.testing.assert_allclose(
        by_reference, [[1, 1, 0, 0], [1, 1, 0, 0], [0.4, 0, 0.6, 0.6], [0, 0.4, 0.6, 0.6]]
    )


@pytest.mark.parametrize("top_k", [0, 1, 3, FRAMES])
def test_equals_the_dense_matrix(top_k):
    pruned = pruned_attention(np.random.default_rng(1), top_k)
    graph = StructureAwareGraph(ADJACENCY, dtype="float64")(pruned)
    assert graph.shape == (2, JOINTS, FRAMES, 2 * FRAMES)
    for clip, factorised in zip(pruned, np.array(graph), strict=True):
        expected = dense_reference.normalised_graph(clip, ADJACENCY)
        np.testing.assert_allclose(unfold(factorised, ADJACENCY), expected, atol=1e-14)


def test_equals_the_dense_matrix_of_a_directed_weighted_adjacency():
    """Row n of the adjacency says what joint n receives; a transposed product would show here."""
    rng = np.random.default_rng(2)
    adjacency = rng.uniform(0.2, 2.0, size=[JOINTS, JOINTS]).astype("float32")
    pruned = pruned_attention(rng)
    graph = np.array(StructureAwareGraph(adjacency, dtype="float64")(pruned))
    expected = dense_reference.normalised_graph(pruned[1], adjacency.astype("float64"))
    np.testing.assert_allclose(unfold(graph[1], adjacency), expected, atol=1e-14)


def test_entries_that_stand_for_no_edge_are_exactly_zero():
    pruned = pruned_attention(np.random.default_rng(3), top_k=2)
    graph = np.array(StructureAwareGraph(ADJACENCY, dtype="float64")(pruned))
    past_frames = np.tril(pruned, k=-1) > 0
    same_frame = np.broadcast_to(np.eye(FRAMES, dtype=bool), pruned.shape)
    edges = np.concatenate([past_frames, same_frame], axis=-1)
    np.testing.assert_array_equal(graph != 0, np.repeat(edges[:, None], JOINTS, axis=1))


def test_rows_of_the_graph_sum_to_one():
    pruned = pruned_attention(np.random.default_rng(4))
    graph = np.array(StructureAwareGraph(ADJACENCY, dtype="float64")(pruned))
    for factorised in graph:
        np.testing.assert_allclose(unfold(factorised, ADJACENCY).sum(axis=1), 1.0, rtol=1e-13)


def test_without_past_frames_it_is_the_row_normalised_adjacency():
    """K = 0: D^-1 cancels the only score of a row, so the graph does not depend on attention."""
    rng = np.random.default_rng(5)
    layer = StructureAwareGraph(ADJACENCY, dtype="float64")
    one, other = (np.array(layer(pruned_attention(rng, top_k=0))) for _ in range(2))
    np.testing.assert_allclose(one, other, rtol=1e-13)
    expected = np.zeros([JOINTS, FRAMES, 2 * FRAMES])
    for t in range(FRAMES):
        expected[:, t, FRAMES + t] = 1.0 / ADJACENCY.sum(axis=1)
    np.testing.assert_allclose(one, np.stack([expected] * 2), rtol=1e-13)


@pytest.mark.parametrize("own_score", [1e-6, 1e-12])
def test_without_past_frames_a_tiny_own_score_changes_nothing(own_score):
    """A frame may attend almost wholly to the past that pruning then takes away."""
    pruned = np.eye(FRAMES, dtype="float32")[None]
    layer = StructureAwareGraph(ADJACENCY)
    np.testing.assert_allclose(layer(pruned * own_score), layer(pruned), rtol=1e-5)


@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_of_sparse_rows_it_is_the_same_graph(top_k):
    pruned = pruned_attention(np.random.default_rng(12), top_k)
    layer = StructureAwareGraph(ADJACENCY, dtype="float64")
    columns, values = layer(layer_checks.sparse_rows(pruned, top_k))
    graph = np.zeros([2, JOINTS, FRAMES, 2 * FRAMES])
    for b, n, t, k in np.ndindex(*values.shape):
        if columns[b, t, k] >= 0:
            graph[b, n, t, columns[b, t, k]] = values[b, n, t, k]
    np.testing.assert_allclose(graph, layer(pruned), rtol=1e-14)


def test_a_frame_whose_scores_all_vanished_gives_finite_numbers():
    """The softmax of float32 underflows to zero for scores 104 below the best."""
    pruned = tf.constant(np.diag(np.float32([1.0, 0.0, 1.0]))[None])
    with tf.GradientTape() as tape:
        tape.watch(pruned)
        graph = StructureAwareGraph(ADJACENCY)(pruned)
    assert np.all(np.isfinite(graph))
    assert np.all(np.isfinite(tape.gradient(graph, pruned)))


@pytest.mark.parametrize("top_k", [0, 2, FRAMES])
def test_softmax_before_or_after_the_mask_gives_the_same_graph(top_k):
    """A positive factor per row, which is all the order changes, cancels in D^-1 A_s."""
    scores = np.random.default_rng(6).normal(size=[1, FRAMES, FRAMES])
    exponentials = np.exp(scores)
    softmax_then_mask = np.tril(exponentials / exponentials.sum(axis=-1, keepdims=True))
    masked = np.tril(exponentials)
    mask_then_softmax = masked / masked.sum(axis=-1, keepdims=True)
    assert np.abs(softmax_then_mask - mask_then_softmax).max() > 0.1
    prune = TopKPruning(top_k, dtype="float64")
    graph = StructureAwareGraph(ADJACENCY, dtype="float64")
    np.testing.assert_allclose(
        graph(prune(softmax_then_mask)), graph(prune(mask_then_softmax)), rtol=1e-12
    )


@pytest.mark.parametrize(("top_k", "trains"), [(0, False), (2, True)])
def test_attention_learns_through_the_graph_only_from_past_frames(top_k, trains):
    rng = np.random.default_rng(7)
    attention = MaskedSelfAttention(dtype="float64")
    prune = TopKPruning(top_k, dtype="float64")
    structure = StructureAwareGraph(ADJACENCY, dtype="float64")
    inputs = rng.normal(size=[2, FRAMES, 6])
    attention(inputs)
    layer_checks.randomise_weights(attention, rng)
    kernels = [attention.query.kernel.value, attention.key.kernel.value]
    with tf.GradientTape() as tape:
        graph = structure(prune(attention(inputs)[1]))
    upstream = tf.constant(rng.normal(size=graph.shape))
    for gradient in tape.gradient(graph, kernels, output_gradients=upstream):
        largest = np.abs(gradient).max()
        assert largest > 1e-3 if trains else largest < 1e-12


@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_gradients_equal_finite_differences(top_k):
    """Also for the scores below the diagonal that pruning has set to zero."""
    rng = np.random.default_rng(8)
    pruned = tf.constant(pruned_attention(rng, top_k))
    layer = StructureAwareGraph(ADJACENCY, dtype="float64")

    def unfolded():
        """[B, N, T, 2T] -> [B, N, T, T, N], the dense matrix with its axes apart."""
        same_joint, neighbours = tf.split(layer(tf.linalg.band_part(pruned, -1, 0)), 2, axis=-1)
        return tf.einsum("bntu,nm->bntum", same_joint, np.eye(JOINTS)) + tf.einsum(
            "bntu,nm->bntum", neighbours, ADJACENCY
        )

    def reference(pruned):
        clips = [dense_reference.normalised_graph(clip, ADJACENCY) for clip in pruned]
        # [T, N, T, N] -> [N, T, T, N]
        shape = [FRAMES, JOINTS, FRAMES, JOINTS]
        return np.stack([clip.reshape(shape).transpose(1, 0, 2, 3) for clip in clips])

    layer_checks.assert_gradients_match(unfolded, [pruned], reference, rng)


def test_behaves_as_a_keras_layer(tmp_path):
    pruned = pruned_attention(np.random.default_rng(9), dtype="float32")
    layer_checks.run_layer_checks(
        StructureAwareGraph,
        {"adjacency": ADJACENCY},
        [pruned],
        output_shapes=[(JOINTS, FRAMES, 2 * FRAMES)],
        weight_count=0,
        folder=tmp_path,
    )


def test_takes_an_adjacency_of_nested_lists():
    pruned = pruned_attention(np.random.default_rng(10), dtype="float32")
    np.testing.assert_array_equal(
        StructureAwareGraph(ADJACENCY.tolist())(pruned), StructureAwareGraph(ADJACENCY)(pruned)
    )


def test_degree_under_mixed_bfloat16_is_computed_in_float32():
    """Only the scores and the result are rounded (2^-9 each), never the 50 terms of a degree."""
    pruned = pruned_attention(np.random.default_rng(11), top_k=50, frames=50, dtype="float32")
    graph = StructureAwareGraph(ADJACENCY, dtype="mixed_bfloat16")(pruned)
    expected = StructureAwareGraph(ADJACENCY)(pruned)
    assert graph.dtype == "bfloat16"
    layer_checks.assert_all_close(graph, expected, rtol=2.2 * 2.0**-9, atol=0)
