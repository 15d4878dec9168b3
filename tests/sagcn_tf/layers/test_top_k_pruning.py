"""Top-K pruning: every frame keeps itself and its K best past frames."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import TopKPruning
from tests import dense_reference, layer_checks

FRAMES = 7
EVERY_TOP_K = [0, 1, 2, 5, FRAMES - 1, FRAMES, FRAMES + 3]


def pruned_by_reference(attention, top_k):
    return np.stack([dense_reference.prune(clip, top_k) for clip in attention])


@pytest.mark.parametrize("top_k", EVERY_TOP_K)
def test_keeps_what_the_plain_loop_keeps(top_k):
    attention = layer_checks.random_attention(np.random.default_rng(1), batch=3)
    pruned = TopKPruning(top_k, dtype="float64")(attention)
    np.testing.assert_array_equal(pruned, pruned_by_reference(attention, top_k))


@pytest.mark.parametrize("top_k", EVERY_TOP_K)
def test_row_t_keeps_itself_and_at_most_top_k_past_frames(top_k):
    attention = layer_checks.random_attention(np.random.default_rng(2), dtype="float32")
    pruned = np.array(TopKPruning(top_k)(attention))
    kept_per_row = (pruned > 0).sum(axis=-1)
    expected = [min(t + 1, top_k + 1) for t in range(FRAMES)]
    np.testing.assert_array_equal(kept_per_row, [expected] * len(attention))
    assert np.all(np.diagonal(pruned, axis1=1, axis2=2) > 0)


@pytest.mark.parametrize("top_k", [FRAMES - 1, FRAMES, FRAMES + 3])
def test_prunes_nothing_where_all_past_frames_fit(top_k):
    attention = layer_checks.random_attention(np.random.default_rng(3), dtype="float32")
    np.testing.assert_array_equal(TopKPruning(top_k)(attention), attention)


def test_prunes_nothing_without_memory_that_grows_with_the_cube_of_the_length():
    attention = np.zeros([1, 40, 40], "float32")
    assert layer_checks.largest_tensor(TopKPruning(40), attention) == 40 * 40


def test_keeps_the_frame_itself_even_where_its_score_is_the_lowest():
    attention = np.tril(np.full([1, 4, 4], 0.3, "float32"))
    attention[:, range(4), range(4)] = 0.01
    pruned = np.array(TopKPruning(1)(attention))
    np.testing.assert_array_equal(np.diagonal(pruned[0]), np.float32([0.01] * 4))


def test_never_keeps_a_later_frame():
    attention = np.random.default_rng(4).uniform(1.0, 2.0, size=[2, 6, 6]).astype("float32")
    attention += 10.0 * np.triu(
        np.ones([6, 6], "float32"), k=1
    )  # later frames have the largest scores
    for top_k in (2, 6):
        pruned = np.array(TopKPruning(top_k)(attention))
        assert np.all(np.triu(pruned, k=1) == 0.0)
        np.testing.assert_array_equal(pruned, pruned_by_reference(attention, top_k))


def test_of_equal_scores_the_lower_frame_number_wins():
    attention = np.tril(np.full([1, 6, 6], 0.25, "float32"))
    attention[0, 5] = [0.1, 0.2, 0.1, 0.2, 0.1, 0.3]
    layer = TopKPruning(3)
    pruned = np.array(layer(attention))[0]
    assert [list(np.flatnonzero(row)) for row in pruned] == [
        [0],
        [0, 1],
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 2, 4],
        [0, 1, 3, 5],
    ]
    np.testing.assert_array_equal(pruned, dense_reference.prune(attention[0], 3))
    assert list(np.array(layer.kept_frames(attention))[0, 5]) == [5, 1, 3, 0]


def test_kept_frames_start_with_the_frame_itself_and_go_by_falling_score():
    attention = np.array([[1, 0, 0, 0], [5, 1, 0, 0], [2, 3, 1, 0], [4, 2, 6, 1]], "float32")
    kept = TopKPruning(2).kept_frames(attention[None])
    assert kept.dtype == "int32"
    np.testing.assert_array_equal(kept[0], [[0, -1, -1], [1, 0, -1], [2, 1, 0], [3, 2, 0]])


@pytest.mark.parametrize("top_k", EVERY_TOP_K)
def test_kept_frames_are_those_of_the_plain_loop(top_k):
    attention = layer_checks.random_attention(np.random.default_rng(5), dtype="float32")
    kept = np.array(TopKPruning(top_k).kept_frames(attention))
    assert kept.shape == (2, FRAMES, top_k + 1)
    for clip, rows in zip(attention, kept, strict=True):
        for row, expected in zip(rows, dense_reference.kept_frames(clip, top_k), strict=True):
            padding = [-1] * (top_k + 1 - len(expected))
            assert list(row) == expected + padding


@pytest.mark.parametrize("top_k", [0, 2, FRAMES])
def test_gradient_passes_through_kept_scores_only(top_k):
    rng = np.random.default_rng(6)
    attention = tf.constant(layer_checks.random_attention(rng))
    upstream = rng.normal(size=attention.shape)
    with tf.GradientTape() as tape:
        tape.watch(attention)
        pruned = TopKPruning(top_k, dtype="float64")(attention)
    gradient = tape.gradient(pruned, attention, output_gradients=tf.constant(upstream))
    kept = pruned_by_reference(np.array(attention), top_k) > 0
    np.testing.assert_array_equal(gradient, upstream * kept)


@pytest.mark.parametrize("top_k", [0, 3, FRAMES + 3])
def test_behaves_as_a_keras_layer(top_k, tmp_path):
    attention = layer_checks.random_attention(np.random.default_rng(7), dtype="float32")
    layer_checks.run_layer_checks(
        TopKPruning,
        {"top_k": top_k},
        [attention],
        output_shapes=[(FRAMES, FRAMES)],
        weight_count=0,
        folder=tmp_path,
    )


def test_one_layer_takes_clips_of_any_length():
    attention = layer_checks.random_attention(np.random.default_rng(8), dtype="float32")
    layer = TopKPruning(3)
    for frames in (FRAMES, 1, 3, 4):
        clip = attention[:, :frames, :frames]
        np.testing.assert_array_equal(layer(clip), pruned_by_reference(clip, 3))


def test_mixed_bfloat16_keeps_the_same_frames():
    """Scores that bfloat16 cannot tell apart are still told apart."""
    frames = 50
    rng = np.random.default_rng(9)
    attention = np.tril(rng.uniform(0.0200, 0.0201, size=[1, frames, frames])).astype("float32")
    pruned = TopKPruning(5, dtype="mixed_bfloat16")(attention)
    expected = pruned_by_reference(attention, 5)
    np.testing.assert_array_equal(np.array(tf.cast(pruned, "float32")) > 0, expected > 0)
    np.testing.assert_allclose(np.array(tf.cast(pruned, "float32")), expected, rtol=1e-2)


def test_negative_top_k_is_refused_by_name():
    with pytest.raises(ValueError, match=r"top_k.*-1"):
        TopKPruning(-1)
