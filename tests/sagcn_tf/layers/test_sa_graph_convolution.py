"""The SA-GC block against the dense equations, alone and after attention."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from sagcn_tf.layers import (
    MaskedSelfAttention,
    SAGraphConvolution,
    TopKPruning,
)
from tests import dense_reference, layer_checks
from tests.sa_block import ADJACENCY, WIDTHS, block_with_random_weights, example

FRAMES, JOINTS = layer_checks.FRAMES, layer_checks.JOINTS
EQUAL_WIDTHS = (4, 4, 4, 4, 4)


def variables_of(layer):
    """Kernel and bias of the five convolutions and of the last Dense, then the projections."""
    parts = [*layer.convolutions, layer.output_projection]
    pairs = [variable for part in parts for variable in layer_checks.kernel_and_bias(part)]
    return pairs + [projection.kernel.value for projection in projections_of(layer)]


def projections_of(layer):
    """The bias-free Dense layers of the residual connections that exist, H1 -> H3 first."""
    return [projection for _, projection in sorted(layer.projections.items())]


def block_by_reference(motion, pruned, *weights, adjacency=ADJACENCY):
    """The dense block of a batch; weights as returned by variables_of (two projections or none)."""
    pairs = [weights[i : i + 2] for i in range(0, 12, 2)]
    clips = [
        dense_reference.sa_graph_convolution(
            clip, attention, adjacency, pairs[:5], pairs[5], *weights[12:]
        )
        for clip, attention in zip(motion, pruned, strict=True)
    ]
    return np.stack(clips)


@pytest.mark.parametrize("filters", [WIDTHS, EQUAL_WIDTHS], ids=["projected", "equal widths"])
@pytest.mark.parametrize("coordinates", [1, 2, 3])
@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_equals_the_dense_equations(filters, coordinates, top_k):
    motion, pruned = example(coordinates, top_k)
    layer = block_with_random_weights(motion, pruned, filters)
    weights = [variable.numpy() for variable in variables_of(layer)]
    expected = block_by_reference(motion, pruned, *weights)
    np.testing.assert_allclose(layer(motion, pruned), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("own_kernel", [False, True])
@pytest.mark.parametrize("joint_bias", [False, True])
@pytest.mark.parametrize("outputs", [None, 1, 3])
@pytest.mark.parametrize("sparse", [False, True])
def test_options_equal_the_dense_equations(outputs, own_kernel, joint_bias, sparse):
    motion, pruned = example(coordinates=4)
    options = {"outputs": outputs, "own_kernel": own_kernel, "joint_bias": joint_bias}
    layer = SAGraphConvolution(ADJACENCY, WIDTHS, dtype="float64", **options)
    layer.build(motion.shape)
    layer_checks.randomize_weights(layer, np.random.default_rng(2))
    convolutions = [
        [weight.numpy() for weight in layer_checks.kernel_and_bias(part)]
        + ([part.node_kernel.numpy()] if own_kernel else [])
        for part in layer.convolutions
    ]
    output = [weight.numpy() for weight in layer_checks.kernel_and_bias(layer.output_projection)]
    projections = [projection.kernel.numpy() for projection in projections_of(layer)]
    reference = (
        dense_reference.sa_graph_convolution
        if outputs is None
        else dense_reference.sa_graph_convolution_of_channels
    )
    expected = [
        reference(clip, attention, ADJACENCY, convolutions, output, *projections)
        for clip, attention in zip(motion, pruned, strict=True)
    ]
    actual = layer(motion, layer_checks.sparse_rows(pruned, 3) if sparse else pruned)
    assert actual.shape == (2, FRAMES, JOINTS, 4 if outputs is None else outputs)
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-11)


@hypothesis.settings(max_examples=12, deadline=None, derandomize=True, database=None)
@hypothesis.given(
    batch=strategies.integers(1, 3),
    frames=strategies.integers(1, 6),
    joints=strategies.integers(1, 5),
    coordinates=strategies.integers(1, 3),
    top_k=strategies.integers(0, 8),
    filters=strategies.tuples(*[strategies.integers(1, 3)] * 5),
)
def test_equals_the_dense_equations_for_any_shape(
    batch, frames, joints, coordinates, top_k, filters
):
    rng = np.random.default_rng(3)
    motion = layer_checks.random_motion(rng, batch, frames, joints, coordinates)
    attention = layer_checks.random_attention(rng, batch, frames)
    adjacency = layer_checks.adjacency_of(joints, [(i, i + 1) for i in range(joints - 1)])
    pruned = TopKPruning(top_k, dtype="float64")(attention)
    layer = block_with_random_weights(motion, pruned, filters, adjacency=adjacency)
    weights = [variable.numpy() for variable in variables_of(layer)]
    if filters[0] == filters[2]:  # no projection of H1: the only one, if any, is that of H3
        weights.insert(12, None)
    expected = block_by_reference(motion, np.array(pruned), *weights, adjacency=adjacency)
    np.testing.assert_allclose(layer(motion, pruned), expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("top_k", [0, 3, FRAMES])
def test_sparse_rows_give_the_same(top_k):
    """Values, and gradients to the motion, the kept scores and all weights."""
    motion, pruned = (tf.constant(x) for x in example(top_k=top_k))
    layer = block_with_random_weights(motion, pruned)
    rows = layer_checks.sparse_rows(np.array(pruned), top_k)
    results, gradients = [], []
    for attention in (pruned, rows):
        with tf.GradientTape() as tape:
            tape.watch([motion, attention])
            results.append(layer(motion, attention))
            loss = tf.reduce_sum(tf.sin(results[-1]))
        sources = [motion, attention[-1] if attention is rows else attention]
        gradients.append(tape.gradient(loss, [*sources, *variables_of(layer)]))
    np.testing.assert_allclose(*results, rtol=1e-12)
    # Of the whole matrix, the gradients of the kept scores.
    exists = rows.columns >= 0
    of_kept = tf.gather(gradients[0][1], tf.maximum(rows.columns, 0), batch_dims=2)
    gradients[0][1] = tf.where(exists, of_kept, 0)
    gradients[1][1] = tf.where(exists, gradients[1][1], 0)
    layer_checks.assert_all_close(*gradients, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("coordinates", [2, 3])
def test_gradients_equal_finite_differences(coordinates):
    motion, pruned = map(tf.constant, example(coordinates))
    layer = block_with_random_weights(motion, pruned)
    layer_checks.assert_gradients_match(
        lambda: layer(motion, tf.linalg.band_part(pruned, -1, 0)),
        [motion, pruned, *variables_of(layer)],
        block_by_reference,
        np.random.default_rng(4),
    )


def test_swapped_coordinates_give_swapped_outputs():
    """x and y are two graphs with the same weights and the same attention."""
    motion, pruned = example()
    layer = block_with_random_weights(motion, pruned)
    outputs = np.array(layer(motion, pruned))
    assert np.abs(outputs[..., 0] - outputs[..., 1]).max() > 0.1
    np.testing.assert_allclose(layer(motion[..., ::-1], pruned), outputs[..., ::-1], rtol=1e-12)


def test_clips_of_a_batch_do_not_mix():
    motion, pruned = example(batch=3)
    layer = block_with_random_weights(motion, pruned)
    together = np.array(layer(motion, pruned))
    for b in range(3):
        alone = layer(motion[b : b + 1], pruned[b : b + 1])
        np.testing.assert_allclose(alone[0], together[b], rtol=1e-12)


def test_a_constant_motion_gives_a_constant_motion():
    """Each layer averages equal numbers, so every node ends with the same value."""
    motion, pruned = example()
    layer = block_with_random_weights(motion, pruned)
    outputs = np.array(layer(np.full_like(motion, 0.8), pruned))
    np.testing.assert_allclose(outputs, outputs[0, 0, 0, 0], rtol=1e-12)


@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_earlier_frames_do_not_see_a_change(changed):
    motion, pruned = example(top_k=FRAMES)
    layer = block_with_random_weights(motion, pruned)
    layer_checks.assert_causal(lambda motion: layer(motion, pruned), motion, changed)


@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_attention_pruning_and_convolutions_together_are_causal(changed):
    rng = np.random.default_rng(5)
    motion = layer_checks.random_motion(rng)
    attention = MaskedSelfAttention(dtype="float64")
    attention(motion.reshape(2, FRAMES, JOINTS * 2))
    layer_checks.randomize_weights(attention, rng)
    prune = TopKPruning(2, dtype="float64")
    layer = block_with_random_weights(*example())

    def generated(motion):
        # [B, T, N, D] -> [B, T, N * D] -> [B, T, N, D]
        frames, scores = attention(motion.reshape(2, FRAMES, JOINTS * 2))
        return np.array(layer(tf.reshape(frames, motion.shape), prune(scores)))

    moved = motion.copy()
    moved[:, changed] += 1.0
    per_frame = np.abs(generated(moved) - generated(motion)).max(axis=(0, 2, 3))
    assert np.all(per_frame[:changed] < 1e-12)
    assert per_frame[changed] > 1e-4


def test_default_widths_have_the_papers_number_of_weights():
    motion, pruned = example(dtype="float32")
    layer = SAGraphConvolution(adjacency=ADJACENCY)
    layer(motion, pruned)
    widths = [1, 32, 64, 64, 128, 128]
    pairs = list(zip(widths[:-1], widths[1:], strict=True))
    convolutions = sum(inputs * outputs + outputs for inputs, outputs in pairs)
    assert layer.count_params() == convolutions + 32 * 64 + 64 * 128 + (128 + 1)


@pytest.mark.parametrize(
    ("filters", "weight_count"),
    [
        (
            WIDTHS,
            2 * 6 + (6 + 1) * 8 + (8 + 1) * 8 + (8 + 1) * 10 + (10 + 1) * 10 + 6 * 8 + 8 * 10 + 11,
        ),
        (EQUAL_WIDTHS, (4 + 4) + 4 * (16 + 4) + (4 + 1)),
    ],
    ids=["projected", "equal widths"],
)
def test_behaves_as_a_keras_layer(filters, weight_count, tmp_path):
    motion, pruned = example(dtype="float32")
    layer_checks.run_layer_checks(
        SAGraphConvolution,
        {"filters": filters, "adjacency": ADJACENCY},
        [motion, pruned],
        output_shapes=[(FRAMES, JOINTS, 2)],
        weight_count=weight_count,
        folder=tmp_path,
    )


def test_options_behave_as_a_keras_layer(tmp_path):
    motion, pruned = example(coordinates=4, dtype="float32")
    widths = [4, *WIDTHS]
    pairs = zip(widths[:-1], widths[1:], strict=True)
    convolutions = sum((2 * inputs + JOINTS) * outputs for inputs, outputs in pairs)
    layer_checks.run_layer_checks(
        SAGraphConvolution,
        {
            "filters": WIDTHS,
            "adjacency": ADJACENCY,
            "outputs": 2,
            "own_kernel": True,
            "joint_bias": True,
        },
        [motion, pruned],
        output_shapes=[(FRAMES, JOINTS, 2)],
        weight_count=convolutions + 6 * 8 + 8 * 10 + 11 * 2,
        folder=tmp_path,
    )


def test_no_tensor_is_as_large_as_the_dense_graph():
    """Neither the outputs nor the gradients ever need NT x NT numbers."""
    motion, pruned = example(dtype="float32", frames=24, batch=1)
    layer = SAGraphConvolution(filters=WIDTHS, adjacency=ADJACENCY)
    layer(motion, pruned)
    dense_size = (24 * JOINTS) ** 2
    assert layer_checks.largest_tensor(layer, motion, pruned) < dense_size / 2

    def dense_block(motion, pruned):
        blocks = tf.einsum("btu,nm->btnum", pruned, tf.constant(ADJACENCY))
        return tf.einsum("btnum,bumd->btnd", blocks, motion)

    assert layer_checks.largest_tensor(dense_block, motion, pruned) >= dense_size


def test_one_layer_takes_clips_of_any_length():
    """Causality again: the first frames of a clip do not depend on the rest."""
    motion, pruned = example()
    layer = block_with_random_weights(motion, pruned)
    outputs = layer(motion, pruned)
    for frames in (1, 4):
        beginning = layer(motion[:, :frames], pruned[:, :frames, :frames])
        np.testing.assert_allclose(beginning, outputs[:, :frames], rtol=1e-11, atol=1e-12)


def test_another_number_of_widths_is_refused_by_name():
    with pytest.raises(ValueError, match=r"filters.*\(32, 64\)"):
        SAGraphConvolution(filters=(32, 64), adjacency=ADJACENCY)


def test_a_motion_of_another_skeleton_is_refused():
    layer = SAGraphConvolution(np.eye(5))
    with pytest.raises(ValueError, match="5 joints of the adjacency, received 4"):
        layer(tf.zeros([1, 3, 4, 2]), tf.eye(3)[None])
