"""Structure-aware graph of the paper, in factors instead of one large matrix."""

import functools

import numpy as np
import tensorflow as tf

from sagcn_tf.layers.sparse_rows import SparseRows


class StructureAwareGraph:
    """Normalized structure-aware graph `D^-1 A_s`, in factors.

    `A_s` is an `[NT x NT]` matrix of blocks: `s_tu I` for u < t, `s_tt (A + I)` on the diagonal
    and 0 above it. So row t of `A_s H` is the product of row t of S with the frames, joint by
    joint, plus the product of `s_tt A` with the joints of frame t alone. The large matrix is never
    built.

    Args:
        attend: Function `[batch, T, C] -> [batch, T, C]` that multiplies by S.
        neighbors: `s_tt A`, `[batch, T, N, N]`; `[N, N]` if it is the same for all clips and
            frames.
        weights: Inverse of the row sums of `A_s`, `[batch, T, N]` or `[T, N]`.
        dtype: dtype of the features, to which the factors are cast.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equations 2, 6 and 7
    """

    def __init__(self, attend, neighbors, weights, dtype):
        self.attend = attend
        self.neighbors = tf.cast(neighbors, dtype)
        self.weights = tf.cast(weights, dtype)[..., None]  # [..., T, N, 1]

    @classmethod
    def from_attention(cls, pruned, adjacency, dtype):
        """Creates the graph from pruned attention and a skeleton.

        Args:
            pruned: Pruned attention, float32 or float64 because a degree sums up to T scores:
                lower triangular `[batch, T, T]`, or `SparseRows` whose first entry in each row is
                the frame itself.
            adjacency: The skeleton's `A + I`, `[N, N]`.
            dtype: dtype of the features. `SparseRows` are not cast to it.
        """
        scores = pruned.values if isinstance(pruned, SparseRows) else pruned
        # A row of zeros stays zero. Any other row is scaled to sum to 1, however small it is.
        total = tf.maximum(tf.reduce_sum(scores, axis=-1, keepdims=True), 1e-30)  # [batch, T, 1]
        # A factor per row cancels in `D^-1 A_s`. Without this division, scores can be so small that
        # the inverse of a degree overflows.
        scores /= total
        if isinstance(pruned, SparseRows):
            itself, attend = scores[..., 0], pruned._replace(values=scores).matmul
        else:
            # Not `diag_part`: XLA cannot compile its gradient for batches of unknown size.
            itself = tf.reduce_sum(scores * tf.eye(scores.shape[-1], dtype=scores.dtype), axis=-1)
            attend = functools.partial(tf.matmul, tf.cast(scores, dtype))
        others = np.asarray(adjacency, np.float64) - np.eye(len(adjacency))  # A
        neighbors = itself[..., None, None] * tf.constant(others, itself.dtype)
        degree = 1 + tf.reduce_sum(neighbors, axis=-1)  # [batch, T, N]
        # Not 1 / degree, which TensorFlow rounds differently at the end of a batch.
        return cls(attend, neighbors, total / (total * degree), dtype)

    def aggregate(self, features):
        """Computes the product `D^-1 A_s H`.

        Args:
            features: H, `[batch, T, N, D, C]`. Each of the D coordinates is a graph of its own.

        Returns:
            `[batch, T, N, D, C]`.
        """
        _, frames, joints, dimensions, width = features.shape
        by_frame = tf.reshape(features, [-1, frames, joints * dimensions * width])
        by_joint = tf.reshape(features, [-1, frames, joints, dimensions * width])
        attended = tf.reshape(self.attend(by_frame), [-1, frames, joints, dimensions * width])
        sums = attended + tf.matmul(self.neighbors, by_joint)
        return tf.reshape(sums * self.weights, [-1, frames, joints, dimensions, width])
