"""The structure-aware graph of the paper, kept in factors instead of one large matrix."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.sparse_rows import SparseRows


@keras.saving.register_keras_serializable("sagcn_tf")
class StructureAwareGraph(keras.layers.Layer):
    """The normalised graph `D^-1 A_s` of equations 2, 6 and 7, in factors.

    `A_s` is an `[NT x NT]` matrix of blocks: `s_tu I` for u < t, `s_tt (A + I)` on the diagonal,
    0 above. A row of it needs only T weights for its own joint in the past frames and one for the
    sum over the joint's neighbours in the same frame, so the matrix is never built.

    Args:
        adjacency: `[N, N]`, the skeleton's `A + I`.

    Call arguments:
        pruned: `[batch, T, T]`, the pruned attention, lower triangular; or, of a long clip,
            `SparseRows` whose first column is the frame itself.

    Returns:
        graph `[batch, N, T, 2T]`. Columns 0 to T-1 weigh the same joint in earlier frames
        (`s_tu / degree`, u < t); column T + t weighs the neighbourhood sum in frame t itself
        (`s_tt / degree`). All others are 0. Of `SparseRows`, `SparseRows` again, for `[batch, N]`,
        not rounded under mixed precision.
    """

    def __init__(self, adjacency, **kwargs):
        # Degrees are sums of up to T scores: float32 also under mixed precision.
        super().__init__(autocast=False, **kwargs)
        self.adjacency = np.asarray(adjacency, np.float64)

    def call(self, pruned):
        if isinstance(pruned, SparseRows):
            return self._sparse(*pruned)
        itself = tf.linalg.diag_part(pruned)  # [batch, T]
        past = tf.linalg.set_diag(pruned, tf.zeros_like(itself))
        weights = tf.concat([past, tf.linalg.diag(itself)], axis=-1)  # [batch, T, 2T]
        # Joints with as many neighbours have the same graph, so it is normalised once for each
        # number of neighbours and copied by a product, which is fast in both directions.
        numbers, places = np.unique(self.adjacency.sum(axis=1), return_inverse=True)
        graphs = weights[:, None] / self._degree(numbers, itself, past)[..., None]
        graphs = tf.cast(graphs, self.compute_dtype)  # [batch, len(numbers), T, 2T]
        frames = weights.shape[1]
        graphs = tf.reshape(graphs, [-1, len(numbers), frames * 2 * frames])
        copies = tf.constant(np.eye(len(numbers))[places], graphs.dtype)  # [N, len(numbers)]
        return tf.reshape(tf.matmul(copies, graphs), [-1, len(places), frames, 2 * frames])

    def _sparse(self, frames, scores):
        """The same of frames and scores `[batch, T, K + 1]`."""
        time = tf.range(scores.shape[1])[:, None]
        columns = tf.where(frames == time, scores.shape[1] + time, frames)
        neighbours = self.adjacency.sum(axis=1)
        degree = self._degree(neighbours, scores[..., 0], scores[..., 1:])
        return SparseRows(columns, scores[:, None] / degree[..., None])

    def _degree(self, neighbours, itself, past):
        """Degrees `[batch, M, T]` of joints with M numbers of neighbours.

        Scores of the frame itself are `[batch, T]`, those of the past `[batch, T, ...]`.
        """
        neighbours = tf.constant(neighbours[:, None], past.dtype)  # [M, 1]
        degree = tf.reduce_sum(past, axis=-1)[:, None] + neighbours * itself[:, None]
        # A row whose scores all vanished stays 0; however small they are, the row sums to 1.
        return tf.maximum(degree, 1e-30)

    def get_config(self):
        config = super().get_config()
        config.pop("autocast", None)
        return {**config, "adjacency": self.adjacency.tolist()}
