"""Sums over time with exponentially decaying weights."""

import numpy as np
import tensorflow as tf

# Frames per matrix product, whose size grows with their square.
_FRAMES_AT_ONCE = 256


def decaying_sum(inputs, decay, weights=None):
    """Computes `c_t = w_t x_t + decay c_{t-1}` by matrix products, in memory linear in T.

    Args:
        inputs: x, `[batch, T, C]`.
        decay: Share of the sum that carries over from frame to frame, 0 to 1.
        weights: w, a NumPy array `[T]`. Default: ones.

    Returns:
        c, `[batch, T, C]`.
    """
    frames = inputs.shape[1]
    if frames > _FRAMES_AT_ONCE:
        if weights is not None:
            inputs *= tf.constant(weights[:, None], inputs.dtype)
        return _sum_of_parts(inputs, decay)
    time = np.arange(frames)
    shares = np.tril(float(decay) ** np.abs(time[:, None] - time))
    if weights is not None:
        shares *= weights
    return tf.matmul(tf.constant(shares, inputs.dtype), inputs)


def _sum_of_parts(inputs, decay):
    """Sums within each part of the clip, then adds what the parts before it carry over."""
    frames, width = inputs.shape[1:]
    part = _FRAMES_AT_ONCE
    count = -(-frames // part)
    parts = tf.pad(inputs, [[0, 0], [0, count * part - frames], [0, 0]])
    parts = decaying_sum(tf.reshape(parts, [-1, part, width]), decay)  # [batch count, part, C]
    parts = tf.reshape(parts, [-1, count, part, width])
    carried = decaying_sum(parts[:, :-1, -1], decay**part)  # [batch, count - 1, C]
    carried = tf.pad(carried, [[0, 0], [1, 0], [0, 0]])[:, :, None]  # [batch, count, 1, C]
    decays = float(decay) ** np.arange(1, part + 1)[:, None]  # [part, 1]
    parts += tf.constant(decays, inputs.dtype) * carried
    return tf.reshape(parts, [-1, count * part, width])[:, :frames]
