"""The SA-GC block under mixed precision."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import SAGraphConvolution, StructureAwareGraph
from tests import layer_checks
from tests.sa_block import ADJACENCY, WIDTHS, block_with_random_weights, example


@pytest.mark.parametrize("dtype", [None, "mixed_bfloat16"])
def test_scores_are_not_rounded_before_the_graph(monkeypatch, dtype):
    seen, graph = [], StructureAwareGraph.from_attention
    monkeypatch.setattr(
        StructureAwareGraph,
        "from_attention",
        lambda pruned, *_: seen.append(pruned) or graph(pruned, ADJACENCY, layer.compute_dtype),
    )
    motion, pruned = example(dtype="float32")
    layer = SAGraphConvolution(ADJACENCY, WIDTHS, dtype=dtype)
    layer(motion, pruned)
    np.testing.assert_array_equal(seen[0], pruned)


def test_sparse_rows_under_mixed_bfloat16_are_close_to_float32():
    motion, pruned = example(dtype="float32")
    exact = block_with_random_weights(motion, pruned, dtype="float32")
    mixed = SAGraphConvolution(filters=WIDTHS, adjacency=ADJACENCY, dtype="mixed_bfloat16")
    rows = layer_checks.sparse_rows(pruned, 3)
    mixed(motion, rows)
    mixed.set_weights(exact.get_weights())
    expected = np.array(exact(motion, pruned))
    assert np.linalg.norm(mixed(motion, rows) - expected) < 0.02 * np.linalg.norm(expected)


def test_mixed_bfloat16_is_close_to_float32():
    motion, pruned = example(dtype="float32")
    exact = block_with_random_weights(motion, pruned, dtype="float32")
    mixed = SAGraphConvolution(filters=WIDTHS, adjacency=ADJACENCY, dtype="mixed_bfloat16")
    layer_checks.assert_close_in_bfloat16(mixed, exact, (motion, pruned))
    assert mixed.convolutions[0].compute_dtype == "bfloat16"


def test_gradients_under_mixed_bfloat16_are_close_to_float32():
    """The median over some seeds: a unit at the kink of ReLU may move one gradient by far more."""
    errors = []
    for seed in range(9):
        motion, pruned = example(dtype="float32", seed=seed)
        exact = block_with_random_weights(motion, pruned, dtype="float32")
        mixed = SAGraphConvolution(filters=WIDTHS, adjacency=ADJACENCY, dtype="mixed_bfloat16")
        mixed(motion, pruned)
        mixed.set_weights(exact.get_weights())
        gradients = []
        for layer in (exact, mixed):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(tf.cast(layer(motion, pruned), "float32")))
            gradients.append(tape.gradient(loss, [w.value for w in layer.trainable_weights]))
        assert all(gradient.dtype == "float32" for gradient in gradients[1])
        errors.append(
            [
                np.linalg.norm(actual - expected) / np.linalg.norm(expected)
                for expected, actual in zip(*gradients, strict=True)
            ]
        )
    # Except that of the last bias, a sum over all outputs that mostly cancel.
    assert np.median(errors, axis=0)[:-1].max() < 0.05
