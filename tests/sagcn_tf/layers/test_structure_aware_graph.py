"""The factorized D^-1 A_s against the full [NT x NT] matrix of equations 2 and 6."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import MaskedSelfAttention, SparseRows, StructureAwareGraph, TopKPruning
from tests import dense_reference, layer_checks
from tests.rounding import assert_same_clips
from tests.sa_block import example

FRAMES, JOINTS = layer_checks.FRAMES, layer_checks.JOINTS
ADJACENCY = layer_checks.adjacency_of().astype("float64")


def pruned_attention(rng, top_k=3, batch=2, frames=FRAMES, dtype="float64"):
    attention = layer_checks.random_attention(rng, batch=batch, frames=frames)
    return np.stack([dense_reference.prune(clip, top_k) for clip in attention]).astype(dtype)


def matrices(pruned, adjacency=ADJACENCY, dtype="float64"):
    """The `[NT, NT]` matrix of each clip: the graph applied to the identity.

    Args:
        pruned: attention `[batch, T, T]` or `SparseRows`.
        adjacency: `[N, N]`.
        dtype: of the factors.

    Returns:
        A tensor `[batch, NT, NT]`.
    """
    graph = StructureAwareGraph.from_attention(pruned, adjacency, dtype)
    batch, frames = (pruned.values if isinstance(pruned, SparseRows) else pruned).shape[:2]
    joints = len(adjacency)
    nodes = frames * joints
    identity = tf.reshape(tf.eye(nodes, dtype=dtype), [1, frames, joints, 1, nodes])
    rows = graph.aggregate(tf.repeat(identity, batch, axis=0))  # [batch, T, N, 1, NT]
    return tf.reshape(rows, [batch, nodes, nodes])


def test_two_frames_two_joints_by_hand():
    """Two joined joints; frame 1 looks at frame 0 with .4 and at itself with .6."""
    adjacency = np.ones([2, 2])
    pruned = np.array([[[1.0, 0.0], [0.4, 0.6]]])
    past, same = 0.4 / (0.4 + 0.6 * 2), 0.6 / (0.4 + 0.6 * 2)
    expected = [
        [0.5, 0.5, 0, 0],
        [0.5, 0.5, 0, 0],
        [past, 0, same, same],
        [0, past, same, same],
    ]
    np.testing.assert_allclose(matrices(pruned, adjacency)[0], expected, rtol=1e-14)
    by_reference = dense_reference.structure_aware_adjacency(pruned[0], adjacency)
    np.testing.assert_allclose(
        by_reference, [[1, 1, 0, 0], [1, 1, 0, 0], [0.4, 0, 0.6, 0.6], [0, 0.4, 0.6, 0.6]]
    )


@pytest.mark.parametrize("top_k", [0, 1, 3, FRAMES])
def test_equals_the_dense_matrix(top_k):
    pruned = pruned_attention(np.random.default_rng(1), top_k)
    for clip, matrix in zip(pruned, matrices(pruned), strict=True):
        expected = dense_reference.normalized_graph(clip, ADJACENCY)
        np.testing.assert_allclose(matrix, expected, atol=1e-14)


def test_equals_the_dense_matrix_of_a_directed_weighted_adjacency():
    """Row n of the adjacency says what joint n receives; a transposed product would show here."""
    rng = np.random.default_rng(2)
    adjacency = rng.uniform(0.2, 2.0, size=[JOINTS, JOINTS]).astype("float32")
    pruned = pruned_attention(rng)
    expected = dense_reference.normalized_graph(pruned[1], adjacency.astype("float64"))
    np.testing.assert_allclose(matrices(pruned, adjacency)[1], expected, atol=1e-14)


def test_entries_that_stand_for_no_edge_are_exactly_zero():
    pruned = pruned_attention(np.random.default_rng(3), top_k=2)
    for clip, matrix in zip(pruned, matrices(pruned), strict=True):
        edges = dense_reference.structure_aware_adjacency(clip, ADJACENCY) != 0
        np.testing.assert_array_equal(matrix != 0, edges)


def test_rows_of_the_graph_sum_to_one():
    pruned = pruned_attention(np.random.default_rng(4))
    np.testing.assert_allclose(np.sum(matrices(pruned), axis=-1), 1.0, rtol=1e-13)


def test_without_past_frames_it_is_the_row_normalized_adjacency():
    """K = 0: D^-1 cancels the only score of a row, so the graph does not depend on attention."""
    rng = np.random.default_rng(5)
    one, other = (matrices(pruned_attention(rng, top_k=0)) for _ in range(2))
    np.testing.assert_allclose(one, other, rtol=1e-13)
    expected = np.kron(np.eye(FRAMES), dense_reference.row_normalized(ADJACENCY))
    np.testing.assert_allclose(one, np.stack([expected] * 2), atol=1e-13)


@pytest.mark.parametrize("factor", [1e-6, 1e-12, 1e-25])
@pytest.mark.parametrize("top_k", [0, 3])
def test_tiny_scores_of_a_row_change_nothing(top_k, factor):
    """A frame may attend almost entirely to past frames that pruning then removes."""
    pruned = pruned_attention(np.random.default_rng(13), top_k, dtype="float32")
    gradients = []
    for scale in (1.0, factor):
        scaled = tf.constant(scale * pruned, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(scaled)
            graph = matrices(scaled, dtype="float32")
            loss = tf.reduce_sum(tf.sin(3 * graph))
        np.testing.assert_allclose(graph, matrices(pruned, dtype="float32"), rtol=1e-5)
        gradients.append(scale * np.array(tape.gradient(loss, scaled), "float64"))
    np.testing.assert_allclose(*gradients, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_of_sparse_rows_it_is_the_same_graph(top_k):
    pruned = pruned_attention(np.random.default_rng(12), top_k)
    rows = layer_checks.sparse_rows(pruned, top_k)
    np.testing.assert_allclose(matrices(rows), matrices(pruned), rtol=1e-14, atol=1e-16)


def test_a_frame_whose_scores_all_vanished_gives_finite_numbers():
    """The softmax of float32 underflows to zero for scores 104 below the best."""
    pruned = tf.constant(np.diag(np.float32([1.0, 0.0, 1.0]))[None])
    with tf.GradientTape() as tape:
        tape.watch(pruned)
        graph = matrices(pruned, dtype="float32")
    assert np.all(np.isfinite(graph))
    assert np.all(graph[0, JOINTS : 2 * JOINTS] == 0.0)
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
    np.testing.assert_allclose(
        matrices(prune(softmax_then_mask)), matrices(prune(mask_then_softmax)), rtol=1e-12
    )


@pytest.mark.parametrize(("top_k", "trains"), [(0, False), (2, True)])
def test_attention_learns_through_the_graph_only_from_past_frames(top_k, trains):
    rng = np.random.default_rng(7)
    attention = MaskedSelfAttention(dtype="float64")
    prune = TopKPruning(top_k, dtype="float64")
    inputs = rng.normal(size=[2, FRAMES, 6])
    attention(inputs)
    layer_checks.randomize_weights(attention, rng)
    kernels = [attention.query.kernel.value, attention.key.kernel.value]
    with tf.GradientTape() as tape:
        graph = matrices(prune(attention(inputs)[1]))
    upstream = tf.constant(rng.normal(size=graph.shape))
    for gradient in tape.gradient(graph, kernels, output_gradients=upstream):
        largest = np.abs(gradient).max()
        assert largest > 1e-3 if trains else largest < 1e-12


@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_gradients_equal_finite_differences(top_k):
    """This includes scores below the diagonal that pruning has set to 0."""
    rng = np.random.default_rng(8)
    pruned = tf.constant(pruned_attention(rng, top_k))
    layer_checks.assert_gradients_match(
        lambda: matrices(tf.linalg.band_part(pruned, -1, 0)),
        [pruned],
        lambda pruned: np.stack(
            [dense_reference.normalized_graph(clip, ADJACENCY) for clip in pruned]
        ),
        rng,
    )


def test_takes_an_adjacency_of_nested_lists():
    pruned = pruned_attention(np.random.default_rng(10))
    np.testing.assert_array_equal(matrices(pruned, ADJACENCY.tolist()), matrices(pruned))


def test_degree_under_mixed_bfloat16_is_computed_in_float32():
    """Scores, degree and result are rounded (2^-8 each), never the 50 terms of a degree."""
    pruned = pruned_attention(np.random.default_rng(11), top_k=50, frames=50, dtype="float32")
    rounded, exact = (
        StructureAwareGraph.from_attention(pruned, ADJACENCY, dtype).weights
        for dtype in ("bfloat16", "float64")
    )
    layer_checks.assert_all_close(rounded, exact, rtol=1.01 * 2.0**-8, atol=0)
    graph = matrices(pruned, dtype="bfloat16")
    assert graph.dtype == "bfloat16"
    layer_checks.assert_all_close(graph, matrices(pruned), rtol=3.1 * 2.0**-8, atol=0)


def test_the_graph_of_a_clip_has_the_same_bits_in_a_batch_of_any_size():
    """For two or more clips: TensorFlow computes the product of a single matrix differently."""
    features, pruned = example(dtype="float32", batch=65, frames=50, top_k=5)

    @tf.function(input_signature=[tf.TensorSpec([None, *x.shape[1:]]) for x in (features, pruned)])
    def aggregated(features, pruned):
        graph = StructureAwareGraph.from_attention(pruned, ADJACENCY, "float32")
        return graph.aggregate(features[..., None])

    together = aggregated(features, pruned)
    for batch in (2, 3, 5, 7, 13, 64):
        alone = aggregated(features[:batch], pruned[:batch])
        assert_same_clips(alone, together[:batch])
