"""Consecutive frames of clips."""

import tensorflow as tf


def frame_range(clips, start, count=-1):
    """Takes consecutive frames, as `clips[:, start : start + count]` does.

    The gradient is a padding. That of an index is written element by element, which took a
    tenth of a training step of preset `small`.

    Args:
        clips: `[batch, T, F]`.
        start: First frame.
        count: Number of frames. Default: -1, all that follow.

    Returns:
        `[batch, count, F]`.
    """
    return tf.slice(clips, [0, start, 0], [-1, count, -1])
