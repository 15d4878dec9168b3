"""The SA-GC block with random weights and its inputs, for the tests of the block."""

import numpy as np

from sagcn_tf.layers import SAGraphConvolution
from tests import dense_reference, layer_checks

ADJACENCY = layer_checks.adjacency_of()
WIDTHS = (6, 8, 8, 10, 10)  # rises where the paper's 32, 64, 64, 128, 128 rise


def example(coordinates=2, top_k=3, dtype="float64", seed=1, frames=layer_checks.FRAMES, batch=2):
    """Motion [B, T, N, D] and pruned attention [B, T, T]."""
    rng = np.random.default_rng(seed)
    motion = layer_checks.random_motion(rng, batch, frames, coordinates=coordinates, dtype=dtype)
    attention = layer_checks.random_attention(rng, batch, frames, dtype=dtype)
    pruned = np.stack([dense_reference.prune(clip, top_k) for clip in attention])
    return motion, pruned


def block_with_random_weights(motion, pruned, filters=WIDTHS, dtype="float64", adjacency=ADJACENCY):
    """Returns a built `SAGraphConvolution` with random weights and biases."""
    layer = SAGraphConvolution(filters=filters, adjacency=adjacency, dtype=dtype)
    layer(motion, pruned)
    layer_checks.randomize_weights(layer, np.random.default_rng(2))
    return layer
