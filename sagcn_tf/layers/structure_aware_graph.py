"""The structure-aware graph of the paper, kept in factors instead of one large matrix."""

import functools

import numpy as np
import tensorflow as tf

from sagcn_tf.layers.sparse_rows import SparseRows


class StructureAwareGraph:
    """The normalized graph `D^-1 A_s` of equations 2, 6 and 7, in factors.

    `A_s` is an `[NT x NT]` matrix of blocks: `s_tu I` for u < t, `s_tt (A + I)` on the diagonal,
    0 above. So row t of `A_s H` needs the product of row t of S with the frames, joint by joint,
    and `s_tt A` with the joints of frame t alone. The large matrix is never built.

    Args:
        attend: a function, `[batch, T, C] -> [batch, T, C]`, the product with S.
        neighbors: `s_tt A`, `[batch, T, N, N]`, or without the leading axes where it is the same
            for all.
        weights: the inverse of the row sums of `A_s`, `[batch, T, N]` or `[T, N]`.
        dtype: that of the features. The factors are rounded to it.
    """

    def __init__(self, attend, neighbors, weights, dtype):
        self.attend = attend
        self.neighbors = tf.cast(neighbors, dtype)
        self.weights = tf.cast(weights, dtype)[..., None]  # [..., T, N, 1]

    @classmethod
    def from_attention(cls, pruned, adjacency, dtype):
        """The graph of a clip's pruned attention.

        Args:
            pruned: `[batch, T, T]`, lower triangular, or, of a long clip, `SparseRows` whose first
                column is the frame itself. Float32 or float64: degrees sum up to T scores.
            adjacency: `[N, N]`, the skeleton's `A + I`.
            dtype: that of the features. `SparseRows` are not rounded to it.
        """
        scores = pruned.values if isinstance(pruned, SparseRows) else pruned
        # A row whose scores all vanished stays 0; however small they are, the row sums to 1.
        total = tf.maximum(tf.reduce_sum(scores, axis=-1, keepdims=True), 1e-30)  # [batch, T, 1]
        # Divided by their sum, as a factor of a row cancels in `D^-1 A_s`: scores may be so small
        # that the inverse of a degree would overflow.
        scores /= total
        if isinstance(pruned, SparseRows):
            itself, attend = scores[..., 0], pruned._replace(values=scores).matmul
        else:
            itself = tf.linalg.diag_part(scores)  # [batch, T]
            attend = functools.partial(tf.matmul, tf.cast(scores, dtype))
        others = np.asarray(adjacency, np.float64) - np.eye(len(adjacency))  # A
        neighbors = itself[..., None, None] * tf.constant(others, itself.dtype)
        degree = 1 + tf.reduce_sum(neighbors, axis=-1)  # [batch, T, N]
        # Not 1 / degree: TensorFlow rounds inverses otherwise at the end of a batch.
        return cls(attend, neighbors, total / (total * degree), dtype)

    def aggregate(self, features):
        """The product `D^-1 A_s H`.

        Args:
            features: H, `[batch, T, N, D, C]`. The D coordinates are D graphs.

        Returns:
            `[batch, T, N, D, C]`.
        """
        _, frames, joints, dimensions, width = features.shape
        by_frame = tf.reshape(features, [-1, frames, joints * dimensions * width])
        by_joint = tf.reshape(features, [-1, frames, joints, dimensions * width])
        attended = tf.reshape(self.attend(by_frame), [-1, frames, joints, dimensions * width])
        sums = attended + tf.matmul(self.neighbors, by_joint)
        return tf.reshape(sums * self.weights, [-1, frames, joints, dimensions, width])
