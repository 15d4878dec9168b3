"""Blockwise attention against the equations and against the whole attention."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import (
    BlockwiseSelfAttention,
    SAGraphConvolution,
    TopKPruning,
    blockwise_self_attention,
)
from sagcn_tf.layers.blockwise_self_attention import attend_in_blocks
from sagcn_tf.layers.masked_self_attention import masked_attention
from tests import dense_reference, layer_checks

FRAMES, WIDTH = 10, 4


@pytest.fixture
def three_rows(monkeypatch):
    """Blocks so small that short clips have several, the last of them partly filled."""
    monkeypatch.setattr(blockwise_self_attention, "_ROWS", 3)


def example(frames=FRAMES, width=WIDTH, batch=2, dtype="float64", scale=1.0):
    """Query, key and value."""
    rng = np.random.default_rng(1)
    return [tf.constant(scale * rng.normal(size=[batch, frames, width]), dtype) for _ in range(3)]


def by_reference(query, key, value, top_k, alibi_slope=0.0):
    """Attended values, and columns and scores of the kept frames, from whole rows of attention."""
    clips = []
    for q, k, v in zip(query, key, value, strict=True):
        attention = np.zeros([len(q), len(q)])
        for t in range(len(q)):
            scores = [q[t] @ k[u] - alibi_slope * (t - u) for u in range(t + 1)]
            attention[t, : t + 1] = dense_reference.softmax(np.array(scores))
        columns = np.full([len(q), min(top_k, len(q)) + 1], -1)
        for t, kept in enumerate(dense_reference.kept_frames(attention, top_k)):
            columns[t, : len(kept)] = kept
        scores = np.take_along_axis(attention, np.maximum(columns, 0), axis=1) * (columns >= 0)
        clips.append((attention @ v, columns, scores))
    return [np.stack(part) for part in zip(*clips, strict=True)]


@pytest.mark.parametrize("top_k", [0, 2, FRAMES, FRAMES + 3])
@pytest.mark.parametrize("frames", [1, 3, 4, FRAMES])
@pytest.mark.parametrize("alibi_slope", [0.0, 0.7])
def test_equals_the_equations(three_rows, frames, top_k, alibi_slope):
    inputs = example(frames)
    attended, pruned = attend_in_blocks(*inputs, top_k, alibi_slope)
    expected = by_reference(*(x.numpy() for x in inputs), top_k, alibi_slope)
    np.testing.assert_allclose(attended, expected[0], rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(pruned.columns, expected[1])
    np.testing.assert_allclose(pruned.values, expected[2], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("top_k", [0, 2, FRAMES])
@pytest.mark.parametrize("alibi_slope", [0.0, 0.7])
@pytest.mark.parametrize("output", [0, 2], ids=["attended", "scores"])
def test_gradients_equal_finite_differences(three_rows, top_k, alibi_slope, output):
    inputs = example()

    def attended_and_scores():
        attended, (columns, scores) = attend_in_blocks(*inputs, top_k, alibi_slope)
        return attended, columns, scores

    layer_checks.assert_gradients_match(
        lambda: attended_and_scores()[output],
        inputs if output == 0 else inputs[:2],
        lambda *arrays: by_reference(*[*arrays, inputs[2].numpy()][:3], top_k, alibi_slope)[output],
        np.random.default_rng(2),
    )


def test_keeps_the_frames_that_pruning_of_the_whole_attention_keeps():
    """Clips of several blocks in float32, with equal scores and scores of 0.

    On some processors, the two round a score differently: where frames are nearly equal, either may
    be kept.
    """
    query, key, value = example(300, dtype="float32", scale=6.0)
    key = tf.concat([key[:, :150], key[:, :150]], axis=1)
    attention = masked_attention(query, key)
    _, pruned = tf.function(attend_in_blocks)(query, key, value, 5)
    layer = TopKPruning(5)
    assert np.mean(np.array(attention)[:, -1] == 0.0) > 0.1
    columns, kept = np.array(pruned.columns), np.array(layer.kept_frames(attention))
    assert np.mean(columns == kept) > 0.999

    def weights(frames):
        return np.take_along_axis(np.array(attention), np.maximum(frames, 0), axis=-1)

    np.testing.assert_allclose(weights(columns), weights(kept), rtol=1e-5, atol=1e-30)
    whole = np.array(layer(attention))
    np.testing.assert_allclose(pruned.values.numpy().sum(-1), whole.sum(-1), rtol=1e-6)


def test_frames_after_the_clip_do_not_matter():
    """This includes the padding of the last block, so clips of any length agree."""
    inputs = example(FRAMES)
    attended, pruned = attend_in_blocks(*inputs, 2)
    for frames in (3, 7):
        beginning = attend_in_blocks(*(x[:, :frames] for x in inputs), 2)
        np.testing.assert_allclose(beginning[0], attended[:, :frames], rtol=1e-12)
        np.testing.assert_array_equal(beginning[1].columns, pruned.columns[:, :frames])


def test_largest_tensor_grows_linearly_with_the_clip():
    def largest(frames):
        inputs = [x.numpy() for x in example(frames, batch=1, dtype="float32")]
        return layer_checks.largest_tensor(
            lambda *inputs: attend_in_blocks(*inputs, 5)[0], *inputs, unknown=frames
        )

    assert largest(2048) == 2 * largest(1024)
    assert largest(2048) < 2048**2 / 10


def test_gradients_are_the_same_bits_each_time():
    inputs = example(700, width=30, dtype="float32")

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            attended, pruned = attend_in_blocks(*inputs, 5)
            loss = tf.reduce_sum(attended**2) + tf.reduce_sum(pruned.values**2)
        return tape.gradient(loss, inputs)

    first = gradients()
    for _ in range(3):
        for one, again in zip(first, gradients(), strict=True):
            np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize("residual", ["gated", "none"])
@pytest.mark.parametrize("options", [{}, {"qk_norm": True, "alibi_slope": 0.3}])
def test_attention_of_a_long_clip_is_the_same_but_pruned(residual, options):
    """Values and gradients; 300 frames are several blocks."""
    rng = np.random.default_rng(5)
    layer = BlockwiseSelfAttention(residual, **options, dtype="float64")
    inputs = tf.constant(rng.normal(size=[2, 300, WIDTH]))
    layer.build(inputs.shape)
    layer_checks.randomize_weights(layer, rng)
    sources = [inputs, *(weight.value for weight in layer.weights)]
    prune = TopKPruning(5, dtype="float64")

    def whole():
        outputs, attention = layer(inputs)
        kept = prune.kept_frames(attention)
        scores = tf.gather(attention, tf.maximum(kept, 0), batch_dims=2)
        return outputs, kept, tf.where(kept >= 0, scores, 0)

    def in_blocks():
        outputs, pruned = layer(inputs, top_k=5)
        return outputs, *pruned

    results, gradients = [], []
    for function in (whole, in_blocks):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs, columns, scores = function()
            loss = tf.reduce_sum(tf.sin(outputs)) + tf.reduce_sum(tf.cos(3 * scores))
        results.append([outputs, columns, scores])
        gradients.append(tape.gradient(loss, sources))
    layer_checks.assert_all_close(*results, rtol=1e-11, atol=1e-13)
    layer_checks.assert_all_close(*gradients, rtol=1e-9, atol=1e-11)


def test_a_long_clip_under_mixed_bfloat16_is_computed_in_float32():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=[2, 150, WIDTH]).astype("float32")
    exact = BlockwiseSelfAttention()
    exact.build(inputs.shape)
    layer_checks.randomize_weights(exact, rng)
    mixed = BlockwiseSelfAttention(dtype="mixed_bfloat16")
    mixed.build(inputs.shape)
    mixed.set_weights(exact.get_weights())
    outputs, pruned = mixed(inputs, top_k=3)
    assert outputs.dtype == "bfloat16" and pruned.values.dtype == "float32"
    layer_checks.assert_all_close(outputs, exact(inputs)[0], rtol=0.03, atol=0.1)


def test_behaves_as_a_keras_layer(tmp_path):
    inputs = np.random.default_rng(4).normal(size=[2, FRAMES, WIDTH]).astype("float32")
    layer_checks.run_layer_checks(
        BlockwiseSelfAttention,
        {"residual": "none", "alibi_slope": 0.5},
        [inputs],
        output_shapes=[(FRAMES, WIDTH), (FRAMES, FRAMES)],
        weight_count=3 * (WIDTH * WIDTH + WIDTH),
        folder=tmp_path,
    )


def test_a_functional_model_of_sparse_rows_is_saved_and_loaded(tmp_path):
    inputs = keras.Input([FRAMES, layer_checks.JOINTS * 2])
    attended, pruned = BlockwiseSelfAttention()(inputs, top_k=2)
    attended = keras.layers.Reshape([FRAMES, layer_checks.JOINTS, 2])(attended)
    block = SAGraphConvolution(layer_checks.adjacency_of(), (2, 3, 3, 4, 4))
    model = keras.Model(inputs, block(attended, pruned))
    motion = (
        np.random.default_rng(0)
        .normal(size=[2, FRAMES, layer_checks.JOINTS * 2])
        .astype(np.float32)
    )

    loaded = layer_checks.saved_and_loaded(model, tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(motion), model(motion))
    shapes = BlockwiseSelfAttention().compute_output_shape((None, FRAMES, 6), top_k=2)
    assert shapes == ((None, FRAMES, 6), ((None, FRAMES, 3), (None, FRAMES, 3)))
