"""The encoder of SkeletonVAE: a motion becomes Gaussians over a shorter sequence of codes."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

KERNEL_SIZE = 25  # frames, codes in the decoder
CODE_WIDTH = 128
_WIDTH = 64


def codes_of(frames):
    """How many codes stand for a clip of T frames: one for four, the last for what is left."""
    return -(-frames // 4)


class MotionEncoder(keras.Model):
    """q(codes | motion, label) of SkeletonVAE: two convolutions over time, each pooled by 2.

    The clip is lengthened to a multiple of 4 by its last frame. The ELU of the second convolution
    stands before the means and logarithms of variances, so none of them is below -1.

    Args:
        frames: T.
        num_classes: C.
        joints: N.
        dimensions: D.

    Attributes:
        dropout_shapes: shapes of what the two dropouts multiply, without the batch.

    Call arguments:
        inputs: motion `[batch, T, N, D]` and label `[batch, C]`.
        dropout: factors of the two dropouts, each `[batch, *shape]`. Default: none drops anything.

    Returns:
        Means and logarithms of the variances, each `[batch, ceil(T / 4), 128]`.
    """

    def __init__(self, frames, num_classes, joints, dimensions, **kwargs):
        super().__init__(**kwargs)
        self.padding = 4 * codes_of(frames) - frames
        self.convolutions = [
            keras.layers.Conv1D(width, KERNEL_SIZE, padding="same")
            for width in (_WIDTH, 2 * CODE_WIDTH)
        ]
        self.pooling = keras.layers.MaxPooling1D(2)
        self.dropout_shapes = (
            (4 * codes_of(frames), joints * dimensions + num_classes),
            (2 * codes_of(frames), _WIDTH),
        )
        self.built = True
        self((tf.zeros([1, frames, joints, dimensions]), tf.zeros([1, num_classes])))

    def call(self, inputs, dropout=(1.0, 1.0)):
        motion, label = inputs
        frames, joints, dimensions = motion.shape[1:]
        hidden = tf.reshape(motion, [-1, frames, joints * dimensions])  # [batch, T, N D]
        last = tf.repeat(hidden[:, -1:], self.padding, axis=1)
        hidden = with_label(tf.concat([hidden, last], axis=1), label)
        for kept, convolution in zip(dropout, self.convolutions, strict=True):
            hidden = tf.nn.elu(self.pooling(convolution(hidden * kept)))
        return tf.split(hidden, 2, axis=-1)
