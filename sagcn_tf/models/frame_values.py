"""Frame-wise part of the paper's D_V, which the classifier of table 2 shares."""

import tensorflow as tf


def frame_values(frames, maps, convolution, class_term=0.0):
    """Computes one value per frame from that frame and its two neighbors.

    Args:
        frames: `[batch, T, F]`.
        maps: Four linear layers that act on each frame alone; LeakyReLU(.2) follows each.
        convolution: Convolution over three frames to one channel.
        class_term: Term added to the output of the third linear layer. Default: none.

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
