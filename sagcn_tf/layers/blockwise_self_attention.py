"""Masked self-attention over long clips, pruned block by block as it is computed."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import known_frames
from sagcn_tf.layers.masked_self_attention import MaskedSelfAttention, masked_attention
from sagcn_tf.layers.sparse_rows import SparseRows, product
from sagcn_tf.layers.top_k_pruning import largest_past

# Rows per block: enough for fast matrix products, few enough to stay in the cache.
_ROWS = 128


@keras.saving.register_keras_serializable("sagcn_tf")
class BlockwiseSelfAttention(MaskedSelfAttention):
    """`MaskedSelfAttention` that can also prune the attention of a long clip as it computes it.

    Up to rounding, the pruned attention is that of `TopKPruning`, and the outputs are those of the
    dense attention. Memory grows linearly with T instead of quadratically. XLA cannot compile the
    sparse products: a layer that has been called with `top_k` has `supports_jit=False`.

    Args:
        **kwargs: See `MaskedSelfAttention`.

    Call arguments:
        inputs: `[batch, T, V]`.
        top_k: Number of past frames to keep. None (default) computes the dense attention.

    Returns:
        Outputs `[batch, T, V]` and attention: `[batch, T, T]`, or the pruned attention as
        `SparseRows` if `top_k` is given.

    Raises:
        ValueError: If `top_k` is given and the number of frames is unknown.
    """

    def call(self, inputs, top_k=None):
        if top_k is None:
            return super().call(inputs)
        known_frames(self, inputs.shape[1])
        self.supports_jit = False
        projected = (tf.cast(x, self.variable_dtype) for x in self._project(inputs))
        attended, pruned = attend_in_blocks(*projected, top_k, self.alibi_slope)
        return self._add_residual(inputs, tf.cast(attended, self.compute_dtype)), pruned

    def compute_output_shape(self, input_shape, top_k=None):
        if top_k is None:
            return super().compute_output_shape(input_shape)
        batch, frames, _ = input_shape
        rows = (batch, frames, min(top_k, frames) + 1)
        return tuple(input_shape), SparseRows(rows, rows)


def attend_in_blocks(query, key, value, top_k, alibi_slope=0.0):
    """Computes the masked attention and prunes it, one block of rows at a time.

    Forward and backward passes are exact. Memory grows linearly with T, because the backward pass
    recomputes the attention.

    Args:
        query: `[batch, T, V]`, scaled; float32 or float64, as are `key` and `value`.
        key: `[batch, T, V]`.
        value: `[batch, T, V]`.
        top_k: Number of past frames to keep.
        alibi_slope: Decrease of the scores per frame of distance. Default 0.

    Returns:
        The product of the unpruned attention and `value`, `[batch, T, V]`; and the pruned
        attention as `SparseRows`: the frame itself, then its `min(top_k, T)` past frames in
        descending order of score.
    """
    frames = query.shape[1]
    top_k = min(top_k, frames)
    rows = max(_ROWS, top_k)

    @tf.custom_gradient
    def attend(query, key, value):
        attended, columns, scores = _forward(query, key, value, rows, top_k, alibi_slope)

        def gradients(of_attended, _, of_scores):
            shared = _dot(of_attended, attended) + _dot(of_scores, scores)  # [batch, T, 1]
            of_query, of_key, of_value = _backward(
                query, key, value, of_attended, shared, rows, alibi_slope
            )
            kept = scores * of_scores
            of_query += product(columns, kept, key, key.shape[1])
            of_key += product(columns, kept, query, key.shape[1], transposed=True)
            return of_query, of_key, of_value

        return (attended, columns, scores), gradients

    # Pad the clip to whole blocks. No earlier frame sees the padding.
    padding = [[0, 0], [0, -frames % rows], [0, 0]]
    outputs = attend(*(tf.pad(x, padding) for x in (query, key, value)))
    attended, columns, scores = (x[:, :frames] for x in outputs)
    return attended, SparseRows(columns, scores)


def _forward(query, key, value, rows, top_k, alibi_slope):
    """Returns the attended values, and the columns and scores of the kept frames."""

    def block(inputs):
        first, query = inputs
        end = first + rows
        attention = masked_attention(query, key[:, :end], alibi_slope, first)
        scores, past = largest_past(attention, top_k, first)
        exists = tf.math.is_finite(scores)
        own_score = tf.linalg.diag_part(attention[..., first:])[..., None]  # [batch, rows, 1]
        own = tf.zeros_like(own_score, tf.int32) + tf.range(first, end)[:, None]
        columns = tf.concat([own, tf.where(exists, past, -1)], axis=-1)
        scores = tf.concat([own_score, tf.where(exists, scores, 0)], axis=-1)
        return tf.matmul(attention, value[:, :end]), columns, scores

    frames, width = query.shape[1:]
    signature = (
        tf.TensorSpec([None, rows, width], query.dtype),
        tf.TensorSpec([None, rows, top_k + 1], tf.int32),
        tf.TensorSpec([None, rows, top_k + 1], query.dtype),
    )
    blocks = tf.map_fn(
        block,
        (tf.range(0, frames, rows), _in_blocks(query, rows)),
        fn_output_signature=signature,
        parallel_iterations=1,
    )
    return [_joined(x) for x in blocks]


def _backward(query, key, value, of_attended, shared, rows, alibi_slope):
    """Returns the gradients with respect to query, key and value, through the attended values.

    The backward pass of a softmax subtracts from each gradient of a row the attention-weighted mean
    of all of them. This mean is `shared`, `[batch, T, 1]`, which is known beforehand.
    """
    frames, width = query.shape[1:]
    queries, upstreams, shares = (_in_blocks(x, rows) for x in (query, of_attended, shared))

    def block(number, of_query, of_key, of_value):
        first, end = number * rows, (number + 1) * rows
        query, upstream, keys = queries[number], upstreams[number], key[:, :end]
        attention = masked_attention(query, keys, alibi_slope, first)
        of_attention = tf.matmul(upstream, value[:, :end], transpose_b=True)
        of_scores = attention * (of_attention - shares[number])  # [batch, rows, end]
        later = [[0, 0], [0, frames - end], [0, 0]]
        of_key += tf.pad(tf.matmul(of_scores, query, transpose_a=True), later)
        of_value += tf.pad(tf.matmul(attention, upstream, transpose_a=True), later)
        return number + 1, of_query.write(number, tf.matmul(of_scores, keys)), of_key, of_value

    count, shape = frames // rows, tf.TensorShape([None, rows, width])
    of_query = tf.TensorArray(query.dtype, count, element_shape=shape)
    _, of_query, of_key, of_value = tf.while_loop(
        lambda number, *_: number < count,
        block,
        (0, of_query, tf.zeros_like(key), tf.zeros_like(value)),
        parallel_iterations=1,
    )
    return _joined(of_query.stack()), of_key, of_value


def _dot(x, y):
    """`[..., C]` and `[..., C]` -> `[..., 1]`."""
    return tf.reduce_sum(x * y, axis=-1, keepdims=True)


def _in_blocks(x, rows):
    """`[batch, T, C]` -> `[T / rows, batch, rows, C]`."""
    frames, width = x.shape[1:]
    return tf.transpose(tf.reshape(x, [-1, frames // rows, rows, width]), [1, 0, 2, 3])


def _joined(blocks):
    """`[blocks, batch, rows, C]` -> `[batch, T, C]`."""
    count, _, rows, width = blocks.shape
    return tf.reshape(tf.transpose(blocks, [1, 0, 2, 3]), [-1, count * rows, width])
