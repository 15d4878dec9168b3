"""Sums over time in which older frames have an ever smaller share."""

import numpy as np
import tensorflow as tf

# So many frames are summed by one matrix product; the product for a longer clip would be as large
# as its length squared.
_FRAMES_AT_ONCE = 256


def decaying_sum(inputs, share, weights=None):
    """`c_t = w_t x_t + share c_{t-1}` as matrix products, in memory linear in T.

    Args:
        inputs: x, `[batch, T, C]`.
        share: what remains of the sum from frame to frame, 0 to 1.
        weights: w, a NumPy array `[T]`; default ones.

    Returns:
        c, `[batch, T, C]`.
    """
    frames = inputs.shape[1]
    if frames > _FRAMES_AT_ONCE:
        if weights is not None:
            inputs *= tf.constant(weights[:, None], inputs.dtype)
        return _sum_of_parts(inputs, share)
    time = np.arange(frames)
    shares = np.tril(float(share) ** np.abs(time[:, None] - time))
    if weights is not None:
        shares *= weights
    return tf.matmul(tf.constant(shares, inputs.dtype), inputs)


def _sum_of_parts(inputs, share):
    """The sum of each part of the clip, then over the parts what each hands on to the next."""
    frames, width = inputs.shape[1:]
    part = _FRAMES_AT_ONCE
    count = -(-frames // part)
    parts = tf.pad(inputs, [[0, 0], [0, count * part - frames], [0, 0]])
    parts = decaying_sum(tf.reshape(parts, [-1, part, width]), share)  # [batch count, part, C]
    parts = tf.reshape(parts, [-1, count, part, width])
    handed_on = decaying_sum(parts[:, :-1, -1], share**part)  # [batch, count - 1, C]
    handed_on = tf.pad(handed_on, [[0, 0], [1, 0], [0, 0]])[:, :, None]  # [batch, count, 1, C]
    remains = float(share) ** np.arange(1, part + 1)[:, None]  # [part, 1]
    parts += tf.constant(remains, inputs.dtype) * handed_on
    return tf.reshape(parts, [-1, count * part, width])[:, :frames]
