"""Graph convolutions on a full graph, in which each frame sees all of its past alike."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.sa_graph_convolution import SAGraphConvolution

# Frames that are summed by one matrix product; `tf.cumsum` alone takes three times as long.
_FRAMES_AT_ONCE = 50


@keras.saving.register_keras_serializable("sagcn_tf")
class FullGraphConvolution(SAGraphConvolution):
    """`SAGraphConvolution` with the score 1 for each frame and its whole past, "fully connected".

    The pruned attention is not used. Time and memory grow linearly with T, as the sums over the
    past are cumulative.
    """

    def arguments_of(self, pruned):
        return {"graph": _FullGraph(self.adjacency)}


class _FullGraph:
    """`D^-1 A_s` where all scores are 1, as `GraphConvolution` multiplies by it.

    Args:
        adjacency: `[N, N]`, the skeleton's `A + I`.
    """

    def __init__(self, adjacency):
        self.neighbours = adjacency.sum(axis=1)

    def matmul(self, features):
        """`[batch, N, 2T, C]`, features and their sums over neighbours -> `[batch, N, T, C]`."""
        own, of_neighbours = tf.split(features, 2, axis=2)
        frames = own.shape[2]
        weights = 1 / (np.arange(frames) + self.neighbours[:, None])  # [N, T], 1 / degree
        return (_sum_before(own) + of_neighbours) * tf.constant(weights[..., None], own.dtype)


def _sum_before(features):
    """The sum over earlier frames, `[batch, N, T, C]`: in parts, then over the parts."""
    _, joints, frames, width = features.shape
    part = min(frames, _FRAMES_AT_ONCE)
    count = -(-frames // part)
    parts = tf.pad(features, [[0, 0], [0, 0], [0, count * part - frames], [0, 0]])
    parts = tf.reshape(parts, [-1, joints, count, part, width])
    earlier = tf.constant(np.tril(np.ones([part, part]), -1), features.dtype)
    sums = tf.matmul(earlier, parts)
    totals = sums[:, :, :, -1] + parts[:, :, :, -1]  # [batch, N, count, C]
    precise = totals.dtype if totals.dtype.size > 4 else tf.float32
    before = tf.cumsum(tf.cast(totals, precise), axis=2, exclusive=True)
    sums += tf.cast(before, sums.dtype)[:, :, :, None]
    return tf.reshape(sums, [-1, joints, count * part, width])[:, :, :frames]
