"""What D_V of the paper computes of each frame, and the classifier with it."""

import tensorflow as tf


def frame_values(frames, maps, convolution, class_term=0.0):
    """One number a frame, of that frame and its two neighbors; the classifier uses it too.

    Args:
        frames: `[batch, T, F]`.
        maps: four linear layers that act on each frame alone, LeakyReLU .2 after each.
        convolution: over three frames, to one channel.
        class_term: added to the outputs of the third map. Default: nothing.

    Returns:
        `[batch, T]`.
    """
    hidden = frames
    for number, layer in enumerate(maps):
        hidden = layer(hidden)
        if number == 2:
            hidden += class_term
        hidden = tf.nn.leaky_relu(hidden, 0.2)
    return convolution(hidden)[..., 0]
