"""What pruning leaves of the attention of a long clip: a few entries a row."""

import typing

import tensorflow as tf

# Below the first length all is faster whole; above it, once a clip is that many times longer than
# a row has entries. Measured: benchmarks/sequence_length.py.
_LONG = 100
_LENGTHS_PER_ENTRY = 16


def is_long(frames, top_k) -> bool:
    """Whether clips of that length are computed by `SparseRows`, not by whole `[T, T]` matrices.

    The two give the same results within rounding. Whole matrices cost `O(T^2)` memory, and more
    time from some length on, but below it they are faster.

    Args:
        frames: T.
        top_k: past frames that pruning keeps.
    """
    return frames > max(_LONG, _LENGTHS_PER_ENTRY * (top_k + 1))


class SparseRows(typing.NamedTuple):
    """Matrices of few entries a row, as the pruned attention and the graph of a long clip are.

    Attributes:
        columns: int32 `[batch, T, K + 1]`, the columns of the entries of each row; -1 is none, and
            the value there is 0.
        values: `[batch, T, K + 1]`, or `[batch, N, T, K + 1]` for N matrices a clip that have the
            same columns.
    """

    columns: tf.Tensor
    values: tf.Tensor

    def matmul(self, features):
        """The product with dense features.

        Args:
            features: `[batch, W, C]`, or `[batch, N, W, C]` for N matrices a clip.

        Returns:
            `[batch, T, C]` or `[batch, N, T, C]`, in the dtype of the features. It is summed in
            float32 where they are less precise: TensorFlow has no other sparse product.
        """
        columns, values = self
        precise = tf.float64 if features.dtype == tf.float64 else tf.float32
        if len(values.shape) == 4:
            columns = tf.repeat(columns, values.shape[1], axis=0)  # [batch N, T, K + 1]
        product = _matmul(
            columns,
            tf.cast(tf.reshape(values, [-1, *columns.shape[1:]]), precise),  # [batch N, T, K + 1]
            tf.cast(tf.reshape(features, [-1, *features.shape[-2:]]), precise),  # [batch N, W, C]
        )
        shape = [-1, *values.shape[1:-1], features.shape[-1]]  # [batch, (N,) T, C]
        return tf.cast(tf.reshape(product, shape), features.dtype)


@tf.custom_gradient
def _matmul(columns, values, features):
    """`[M, T, C]` of columns and values `[M, T, K + 1]` and features `[M, W, C]`.

    A gather of the features would hold them `K + 1` times over and take three times as long, and
    its gradient, a scatter, seven times as long; on a GPU its sums are not reproducible.
    """

    def gradients(upstream):
        # One matrix at a time, so that its gathered rows stay small.
        of_values = tf.map_fn(
            lambda one: tf.linalg.matvec(tf.gather(one[0], one[1]), one[2]),  # [T, K + 1]
            (features, tf.maximum(columns, 0), upstream),
            fn_output_signature=tf.TensorSpec(columns.shape[1:], values.dtype),
            parallel_iterations=1,
        )
        return None, of_values, product(columns, values, upstream, features.shape[1], True)

    return product(columns, values, features, features.shape[1]), gradients


def product(columns, values, features, width, transposed=False):
    """Sparse times dense matrices, M of each; it has no useful gradient of its own.

    Args:
        columns: int32 `[M, T, K + 1]`, -1 where the value is 0.
        values: `[M, T, K + 1]`, float32 or float64.
        features: `[M, W, C]`, or `[M, T, C]` for transposed matrices.
        width: W.
        transposed: multiply by the transposed matrices; default False.

    Returns:
        `[M, T, C]`, or `[M, W, C]` for transposed matrices.
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
