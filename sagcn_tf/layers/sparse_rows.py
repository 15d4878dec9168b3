"""What pruning leaves of the attention of a long clip: a few entries a row."""

import typing

import tensorflow as tf

# A clip is computed in less time by its kept frames than by whole matrices from so many frames on,
# for no entry of a row and for each. The bound is not sharp: on two cores with AVX2 and K = 5, the
# two took the same time within 5 % from 75 to 150 frames (benchmarks/sequence_length.py).
_FRAMES, _FRAMES_AN_ENTRY = 70, 7


def is_long(frames, top_k) -> bool:
    """Whether a clip is computed by the frames that pruning keeps, as `SparseRows`.

    Others are computed by whole `[T, T]` matrices. The results are the same within rounding, but
    the time a frame and the memory of whole matrices grow with T.

    Args:
        frames: T.
        top_k: past frames that pruning keeps.
    """
    return frames > _FRAMES + _FRAMES_AN_ENTRY * (top_k + 1)


class SparseRows(typing.NamedTuple):
    """Matrices of few entries a row, as the pruned attention of a long clip is.

    Attributes:
        columns: int32 `[batch, T, K + 1]`, the columns of the entries of each row; -1 is none, and
            its value is 0.
        values: `[batch, T, K + 1]`.
    """

    columns: tf.Tensor
    values: tf.Tensor

    def matmul(self, features):
        """The product with features.

        Args:
            features: `[batch, W, C]`.

        Returns:
            `[batch, T, C]`, in the dtype of the features. Sums are float32 where that is less
            precise: TensorFlow has no other sparse product.
        """
        precise = tf.float64 if features.dtype == tf.float64 else tf.float32
        product = _matmul(self.columns, tf.cast(self.values, precise), tf.cast(features, precise))
        return tf.cast(product, features.dtype)


@tf.custom_gradient
def _matmul(columns, values, features):
    """A sparse product with gradients.

    Gathered, all features would be there `K + 1` times over; that takes three times as long, and
    its gradient, a scatter, seven times as long. A scatter is not reproducible on GPUs either.
    """
    width = features.shape[1]

    def gradients(upstream):
        # One entry of the rows at a time, so that gathered features stay few.
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
