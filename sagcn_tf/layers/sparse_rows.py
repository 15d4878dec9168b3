"""Pruned attention of a long clip: matrices with a few entries per row."""

import typing

import tensorflow as tf

# Sparse rows are faster than dense matrices from _FRAMES + _FRAMES_PER_ENTRY * (entries per row)
# frames on. The bound is not sharp: on two cores with AVX2 and K = 5, both took the same time
# within 5% from 75 to 150 frames (benchmarks/sequence_length.py).
_FRAMES, _FRAMES_PER_ENTRY = 70, 7


def is_long(frames, top_k) -> bool:
    """Tells whether a clip is long enough to compute with `SparseRows`.

    Shorter clips use dense `[T, T]` matrices. The results are the same up to rounding, but with
    dense matrices the time and the memory per frame grow with T.

    Args:
        frames: Number of frames T.
        top_k: Number of past frames that pruning keeps.
    """
    return frames > _FRAMES + _FRAMES_PER_ENTRY * (top_k + 1)


class SparseRows(typing.NamedTuple):
    """Batch of matrices with at most K + 1 entries per row.

    Attributes:
        columns: Column indices of the entries, int32 `[batch, T, K + 1]`; -1 marks a missing
            entry, whose value is 0.
        values: Values of the entries, `[batch, T, K + 1]`.

    Example:
        >>> columns = tf.constant([[[0, -1], [1, 0]]])
        >>> rows = SparseRows(columns, tf.constant([[[1.0, 0.0], [0.5, 0.5]]]))
        >>> rows.matmul(tf.constant([[[2.0], [4.0]]])).numpy().ravel().tolist()
        [2.0, 3.0]
    """

    columns: tf.Tensor
    values: tf.Tensor

    def matmul(self, features):
        """Multiplies the matrices by features.

        Args:
            features: `[batch, W, C]`.

        Returns:
            `[batch, T, C]` in the dtype of the features. Sums are computed in at least float32,
            because TensorFlow has no sparse product of lower precision.
        """
        precise = tf.float64 if features.dtype == tf.float64 else tf.float32
        product = _matmul(self.columns, tf.cast(self.values, precise), tf.cast(features, precise))
        return tf.cast(product, features.dtype)


@tf.custom_gradient
def _matmul(columns, values, features):
    """Sparse product with gradients.

    A gather would hold all features `K + 1` times. It takes three times as long, and its gradient,
    a scatter, seven times as long. Nor is a scatter deterministic on GPUs.
    """
    width = features.shape[1]

    def gradients(upstream):
        # One entry per row at a time, so that the gathered features stay small.
        of_values = tf.map_fn(
            lambda column: tf.reduce_sum(
                tf.gather(features, tf.maximum(column, 0), batch_dims=1) * upstream, axis=-1
            ),
            tf.transpose(columns, [2, 0, 1]),  # [K + 1, batch, T]
            fn_output_signature=tf.TensorSpec(columns.shape[:2], values.dtype),
            parallel_iterations=1,
        )
        of_features = product(columns, values, upstream, width, transposed=True)
        return None, tf.transpose(of_values, [1, 2, 0]), of_features

    return product(columns, values, features, width), gradients


def product(columns, values, features, width, transposed=False):
    """Multiplies M sparse matrices by M dense ones, without a useful gradient of its own.

    Args:
        columns: Column indices, int32 `[M, T, K + 1]`; -1 where the value is 0.
        values: `[M, T, K + 1]`, float32 or float64.
        features: Dense matrices, `[M, W, C]`, or `[M, T, C]` if `transposed`.
        width: Number of columns W of the sparse matrices.
        transposed: Whether to transpose the sparse matrices. Default False.

    Returns:
        `[M, T, C]`, or `[M, W, C]` if `transposed`.
    """
    matrices, frames, entries = tf.shape(columns)[0], *columns.shape[1:]
    places = [
        tf.repeat(tf.range(matrices), frames * entries),
        tf.tile(tf.repeat(tf.range(frames), entries), [matrices]),
        tf.reshape(tf.maximum(columns, 0), [-1]),
    ]
    sparse = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=tf.cast(tf.stack(places, axis=1), tf.int64),  # [M T (K + 1), 3]
        values=tf.reshape(values, [-1]),
        dense_shape=[matrices, frames, width],
    )
    if transposed:  # several times faster than a product with transpose_a
        sparse = tf.raw_ops.SparseMatrixTranspose(input=sparse, type=values.dtype)
    result = tf.raw_ops.SparseMatrixMatMul(a=sparse, b=features)
    return tf.ensure_shape(result, [None, width if transposed else frames, features.shape[-1]])
