"""Attention over the frames of a long clip, pruned as it is computed and never held whole."""

import tensorflow as tf

from sagcn_tf.layers.sparse_rows import SparseRows, product

# Rows at once: enough for fast matrix products, few enough for them to stay in the cache.
_ROWS = 128


def attention_rows(query, key, first=0, alibi_slope=0.0):
    """Rows of the masked attention (equations 3 and 5).

    Args:
        query: `[batch, R, V]` of the R frames from `first` on, scaled.
        key: `[batch, U, V]` of the frames from 0 on.
        first: default 0.
        alibi_slope: scores fall by this a frame of distance; default 0.

    Returns:
        attention `[batch, R, U]`, float32 for inputs of less precision, and int32 `[R, U]`, how
        far frame u lies behind that of the row.
    """
    scores = tf.matmul(query, key, transpose_b=True)  # [batch, R, U]
    if scores.dtype.size < 4:
        scores = tf.cast(scores, tf.float32)
    behind = (first + tf.range(tf.shape(query)[1]))[:, None] - tf.range(tf.shape(key)[1])
    if alibi_slope:
        scores -= alibi_slope * tf.cast(behind, scores.dtype)
    return tf.nn.softmax(tf.where(behind >= 0, scores, scores.dtype.min)), behind


def largest_past(attention, behind, top_k):
    """The largest scores of each row among past frames (section 3.2).

    Args:
        attention: `[batch, R, U]`.
        behind: `[R, U]`, how far frame u lies behind that of the row.
        top_k: how many, at most U.

    Returns:
        Scores `[batch, R, top_k]`, falling, -inf where there are fewer past frames, and the numbers
        of their frames, int32. Of equal scores the earlier frame comes first.
    """
    nothing = tf.constant(float("-inf"), attention.dtype)
    return tf.math.top_k(tf.where(behind > 0, attention, nothing), k=top_k)


def attend_in_blocks(query, key, value, top_k, alibi_slope=0.0):
    """Masked attention and its pruning, some rows at a time.

    Exact, forward and backward. Memory grows linearly with T, as the backward pass computes the
    attention again.

    Args:
        query: `[batch, T, V]`, scaled.
        key: `[batch, T, V]`.
        value: `[batch, T, V]`; all three float32 or float64.
        top_k: past frames to keep.
        alibi_slope: scores fall by this a frame of distance; default 0.

    Returns:
        `[batch, T, V]`, the product of the attention, not pruned, with `value`; and the pruned
        attention as `SparseRows`: the frame itself, then its `min(top_k, T)` past frames by
        falling score.
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

    # Blocks are of one size: frames are added after the clip, which no other frame sees.
    added = [[0, 0], [0, -frames % rows], [0, 0]]
    outputs = attend(*(tf.pad(x, added) for x in (query, key, value)))
    attended, columns, scores = (x[:, :frames] for x in outputs)
    return attended, SparseRows(columns, scores)


def _forward(query, key, value, rows, top_k, alibi_slope):
    """Attended values, and columns and scores of the kept frames."""

    def block(inputs):
        first, query = inputs
        end = first + rows
        attention, behind = attention_rows(query, key[:, :end], first, alibi_slope)
        scores, past = largest_past(attention, behind, top_k)
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
    """Gradients of query, key and value through the attended values.

    A softmax subtracts from the gradient of each weight the mean over the row, weighted by the
    attention: `shared`, `[batch, T, 1]`, which is known beforehand.
    """
    frames, width = query.shape[1:]
    queries, upstreams, shares = (_in_blocks(x, rows) for x in (query, of_attended, shared))

    def block(number, of_query, of_key, of_value):
        first, end = number * rows, (number + 1) * rows
        query, upstream, keys = queries[number], upstreams[number], key[:, :end]
        attention, _ = attention_rows(query, keys, first, alibi_slope)
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
