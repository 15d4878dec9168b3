"""Graph convolutions on the fully connected graph: each frame sees its whole past equally."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.sa_graph_convolution import SAGraphConvolution
from sagcn_tf.layers.structure_aware_graph import StructureAwareGraph

# Frames per matrix product; `tf.cumsum` alone takes three times as long.
_FRAMES_AT_ONCE = 50


@keras.saving.register_keras_serializable("sagcn_tf")
class FullGraphConvolution(SAGraphConvolution):
    """Structure-aware graph convolutions in which all scores are 1: the ablation "fully connected".

    Arguments, inputs and outputs are those of `SAGraphConvolution`, but the pruned attention is
    ignored. Time and memory grow linearly with T, because the sums over the past are cumulative.
    """

    def convolution_arguments(self, motion, pruned):
        return {"graph": _full_graph(self.adjacency, motion.shape[1], self.compute_dtype)}


def _full_graph(adjacency, frames, dtype):
    """Returns the `StructureAwareGraph` of a skeleton's `A + I`, `[N, N]`, with all scores 1."""
    neighbors = adjacency - np.eye(len(adjacency))  # A
    degree = np.arange(1, frames + 1)[:, None] + neighbors.sum(axis=1)  # [T, N]
    return StructureAwareGraph(_cumulative_sum, neighbors, 1 / degree, dtype)


def _cumulative_sum(features):
    """Returns the cumulative sum over frames, `[batch, T, C]`: within parts, then across them."""
    _, frames, width = features.shape
    part = min(frames, _FRAMES_AT_ONCE)
    count = -(-frames // part)
    parts = tf.pad(features, [[0, 0], [0, count * part - frames], [0, 0]])
    parts = tf.reshape(parts, [-1, count, part, width])
    until = tf.constant(np.tril(np.ones([part, part])), features.dtype)
    sums = tf.matmul(until, parts)
    totals = sums[:, :, -1]  # [batch, count, C]
    precise = totals.dtype if totals.dtype.size > 4 else tf.float32
    before = tf.cumsum(tf.cast(totals, precise), axis=1, exclusive=True)
    sums += tf.cast(before, sums.dtype)[:, :, None]
    return tf.reshape(sums, [-1, count * part, width])[:, :frames]
