"""Masked self-attention against eq. 3-5, in values, gradients and causality."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import MaskedSelfAttention
from tests import dense_reference, layer_checks

FRAMES, WIDTH = 7, 6


def attention_layer(residual="gated", dtype="float64", frames=FRAMES, batch=2, scale=1.0):
    """A layer with random weights and an input for it."""
    rng = np.random.default_rng(1)
    layer = MaskedSelfAttention(residual=residual, dtype=dtype)
    inputs = scale * rng.normal(size=[batch, frames, WIDTH])
    layer(inputs)
    layer_checks.randomize_weights(layer, rng)
    return layer, inputs


def projections_of(layer):
    return [layer_checks.kernel_and_bias(part) for part in (layer.query, layer.key, layer.value)]


def attended_and_attention(layer, inputs):
    """S V and S_mask of a whole batch, from the reference."""
    weights = [[w.numpy() for w in pair] for pair in projections_of(layer)]
    clips = [dense_reference.masked_self_attention(clip, *weights) for clip in inputs]
    return tuple(np.stack(part) for part in zip(*clips, strict=True))


def test_attention_alone_equals_the_equations():
    layer, inputs = attention_layer(residual="none")
    outputs, attention = layer(inputs)
    expected_outputs, expected_attention = attended_and_attention(layer, inputs)
    np.testing.assert_allclose(attention, expected_attention, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(outputs, expected_outputs, rtol=1e-11, atol=1e-13)


def test_gated_residual_adds_the_projected_attention_to_the_inputs():
    layer, inputs = attention_layer(residual="gated")
    outputs, attention = layer(inputs)
    attended, expected_attention = attended_and_attention(layer, inputs)
    kernel, bias = (w.numpy() for w in layer_checks.kernel_and_bias(layer.output_projection))
    expected = inputs + float(layer.gamma.numpy()) * (attended @ kernel + bias)
    np.testing.assert_allclose(attention, expected_attention, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(outputs, expected, rtol=1e-11, atol=1e-13)


def test_normalized_attention_does_not_grow_with_its_inputs():
    plain, inputs = attention_layer(residual="none")
    layer = MaskedSelfAttention("none", qk_norm=True, dtype="float64")
    layer(inputs)
    layer.set_weights(plain.get_weights())
    weights = [[w.numpy() for w in pair] for pair in projections_of(layer)]
    for scale in (1.0, 1000.0):
        outputs, attention = layer(scale * inputs)
        for clip, output, weight in zip(scale * inputs, outputs, attention, strict=True):
            expected = dense_reference.masked_self_attention(clip, *weights, qk_norm=True)
            np.testing.assert_allclose(output, expected[0], rtol=1e-4)
            np.testing.assert_allclose(weight, expected[1], rtol=1e-4)
        # Scores lie within sqrt(V) of 0, so no weight of a row is below this bound.
        share = np.exp(-2 * np.sqrt(WIDTH)) / FRAMES
        assert np.array(attention)[:, -1].min() > share


def test_the_alibi_slope_lowers_the_scores_of_distant_frames():
    plain, inputs = attention_layer(residual="none")
    layer = MaskedSelfAttention("none", alibi_slope=1.3, dtype="float64")
    layer(inputs)
    layer.set_weights(plain.get_weights())
    weights = [[w.numpy() for w in pair] for pair in projections_of(layer)]
    outputs, attention = layer(inputs)
    for clip, output, weight in zip(inputs, outputs, attention, strict=True):
        expected = dense_reference.masked_self_attention(clip, *weights, penalty=1.3)
        np.testing.assert_allclose(output, expected[0], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(weight, expected[1], rtol=1e-11, atol=1e-14)


def test_fresh_gated_layer_leaves_its_inputs_unchanged():
    inputs = np.random.default_rng(2).normal(size=[2, FRAMES, WIDTH]).astype("float32")
    layer = MaskedSelfAttention(residual="gated")
    outputs, _ = layer(inputs)
    assert float(layer.gamma.numpy()) == 0.0
    np.testing.assert_array_equal(outputs, inputs)


def test_gated_is_the_default_residual():
    assert MaskedSelfAttention().residual == "gated"


def test_attention_looks_at_no_later_frame_and_its_rows_sum_to_one():
    layer, inputs = attention_layer(dtype="float32", scale=30.0)  # scores of many hundreds
    _, attention = layer(inputs)
    attention = np.array(attention)
    assert np.all(np.triu(attention, k=1) == 0.0)
    assert np.all(np.isfinite(attention))
    np.testing.assert_allclose(attention.sum(axis=-1), 1.0, rtol=1e-6)


@pytest.mark.parametrize("residual", ["gated", "none"])
@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_earlier_frames_do_not_see_a_change(residual, changed):
    layer, inputs = attention_layer(residual=residual)
    moved = inputs.copy()
    moved[:, changed] += 5.0
    for before, after in zip(layer(inputs), layer(moved), strict=True):
        before, after = np.array(before), np.array(after)
        np.testing.assert_allclose(after[:, :changed], before[:, :changed], rtol=0, atol=1e-14)
        if (
            before.shape[-1] == WIDTH or changed > 0
        ):  # the attention of frame 0 is always [1, 0, ..]
            assert np.all(np.abs(after[:, changed] - before[:, changed]).max(axis=-1) > 1e-3)


@pytest.mark.parametrize("output", [0, 1], ids=["outputs", "attention"])
@pytest.mark.parametrize("residual", ["gated", "none"])
def test_gradients_equal_finite_differences(residual, output):
    layer, inputs = attention_layer(residual=residual, frames=5)
    inputs = tf.constant(inputs)
    sources = [inputs, *(weight for pair in projections_of(layer) for weight in pair)]
    gated_outputs = residual == "gated" and output == 0
    if gated_outputs:
        sources += [*layer_checks.kernel_and_bias(layer.output_projection), layer.gamma.value]

    def reference(inputs, wq, bq, wk, bk, wv, bv, kernel=None, bias=None, gamma=None):
        clips = [
            dense_reference.masked_self_attention(clip, (wq, bq), (wk, bk), (wv, bv))[output]
            for clip in inputs
        ]
        if gated_outputs:
            return inputs + gamma * (np.stack(clips) @ kernel + bias)
        return np.stack(clips)

    if output == 1:  # the attention has no gradient to the value projection
        sources = sources[:5]
        zeros = np.zeros([WIDTH, WIDTH]), np.zeros(WIDTH)
        layer_checks.assert_gradients_match(
            lambda: layer(inputs)[1],
            sources,
            lambda *arrays: reference(*arrays, *zeros),
            np.random.default_rng(3),
        )
    else:
        layer_checks.assert_gradients_match(
            lambda: layer(inputs)[0], sources, reference, np.random.default_rng(3)
        )


@pytest.mark.parametrize(
    ("residual", "weight_count"),
    [
        ("none", 3 * (WIDTH * WIDTH + WIDTH)),
        ("gated", 4 * (WIDTH * WIDTH + WIDTH) + 1),
    ],
)
def test_behaves_as_a_keras_layer(residual, weight_count, tmp_path):
    inputs = np.random.default_rng(4).normal(size=[2, FRAMES, WIDTH]).astype("float32")
    layer_checks.run_layer_checks(
        MaskedSelfAttention,
        {"residual": residual},
        [inputs],
        output_shapes=[(FRAMES, WIDTH), (FRAMES, FRAMES)],
        weight_count=weight_count,
        folder=tmp_path,
    )


def test_one_layer_takes_clips_of_any_length():
    """Causality again: the first frames of a clip do not depend on the rest."""
    layer, inputs = attention_layer()
    outputs, attention = layer(inputs)
    for frames in (1, 4):
        expected = outputs[:, :frames], attention[:, :frames, :frames]
        layer_checks.assert_all_close(layer(inputs[:, :frames]), expected, rtol=1e-12, atol=1e-13)


def test_mixed_bfloat16_is_close_to_float32():
    exact, inputs = attention_layer(dtype="float32")
    mixed = MaskedSelfAttention(dtype="mixed_bfloat16")
    mixed.build(inputs.shape)
    mixed.set_weights(exact.get_weights())
    inputs = inputs.astype("float32")
    outputs, attention = mixed(inputs)
    expected_outputs, expected_attention = exact(inputs)
    assert outputs.dtype == "bfloat16"
    assert mixed.query.compute_dtype == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)
    layer_checks.assert_all_close(outputs, expected_outputs, rtol=0.03, atol=0.1)
    layer_checks.assert_all_close(attention, expected_attention, rtol=0.1, atol=0.02)


def test_softmax_under_mixed_bfloat16_is_computed_in_float32():
    _, inputs = attention_layer(frames=50)
    _, attention = MaskedSelfAttention(dtype="mixed_bfloat16")(inputs.astype("float32"))
    assert attention.dtype == "float32"
    row_sums = np.array(attention).sum(axis=-1)
    np.testing.assert_allclose(row_sums, 1.0, rtol=1e-5)  # bfloat16 would be off by 1e-3


def test_unknown_residual_is_refused_by_name():
    with pytest.raises(ValueError, match=r"residual.*'weighted'"):
        MaskedSelfAttention(residual="weighted")
