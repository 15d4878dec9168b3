"""Encoder of SkeletonVAE."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

KERNEL_SIZE = 25  # time steps
CODE_WIDTH = 128
_WIDTH = 64


def codes_of(frames):
    """Returns the number of codes of a clip of T frames: one per four frames, rounded up."""
    return -(-frames // 4)


class MotionEncoder(keras.Model):
    """Encoder q(codes | motion, label): two convolutions over time, each with pooling by 2.

    The clip is padded with its last frame to a multiple of 4 frames. The means and log variances
    are outputs of an ELU, so they are never below -1.

    Args:
        frames: Number of frames T per clip.
        num_classes: Number of classes C.
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.

    Attributes:
        dropout_shapes: Shapes of the two dropout masks, without the batch axis.

    Call arguments:
        inputs: Motion `[batch, T, N, D]` and label `[batch, C]`.
        dropout: One mask for each of `dropout_shapes`, `[batch, *shape]`. Default: no dropout.

    Returns:
        Means and log variances, each `[batch, ceil(T / 4), 128]`.
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
        for mask, convolution in zip(dropout, self.convolutions, strict=True):
            hidden = tf.nn.elu(self.pooling(convolution(hidden * mask)))
        return tf.split(hidden, 2, axis=-1)
