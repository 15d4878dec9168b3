"""Decoder of SkeletonVAE."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.motion_encoder import CODE_WIDTH, KERNEL_SIZE, codes_of
from sagcn_tf.models.baselines.with_label import with_label

_LABEL_EMBEDDING = 32
_HIDDEN = 128


class MotionDecoder(keras.Model):
    """Decoder p(motion | codes, label): an LSTM over the codes, then upsampling to frames.

    Each of two stages doubles the number of time steps by repeating them, then convolves over time.
    The last convolution is linear, because coordinates are not bounded below.

    Args:
        frames: Number of frames T per clip.
        num_classes: Number of classes C.
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.

    Attributes:
        dropout_shapes: Shape of the only dropout mask, without the batch axis, in a tuple.

    Call arguments:
        inputs: Codes `[batch, ceil(T / 4), 128]` and label `[batch, C]`.
        dropout: One mask for each of `dropout_shapes`, `[batch, *shape]`. Default: no dropout.

    Returns:
        Standardized motion `[batch, T, N, D]`.
    """

    def __init__(self, frames, num_classes, joints, dimensions, **kwargs):
        super().__init__(**kwargs)
        self.motion_shape = (frames, joints, dimensions)
        self.label_embedding = keras.layers.Dense(_LABEL_EMBEDDING)
        self.rnn = keras.layers.LSTM(_HIDDEN, return_sequences=True)
        self.convolution, self.coordinates = (
            keras.layers.Conv1D(width, KERNEL_SIZE, padding="same")
            for width in (_HIDDEN, joints * dimensions)
        )
        self.dropout_shapes = ((2 * codes_of(frames), _HIDDEN),)
        self.built = True
        self((tf.zeros([1, codes_of(frames), CODE_WIDTH]), tf.zeros([1, num_classes])))

    def call(self, inputs, dropout=(1.0,)):
        codes, label = inputs
        frames, joints, dimensions = self.motion_shape
        hidden = self.rnn(with_label(codes, self.label_embedding(label)))
        hidden = tf.repeat(hidden, 2, axis=1) * dropout[0]
        hidden = tf.repeat(tf.nn.elu(self.convolution(hidden)), 2, axis=1)
        motion = self.coordinates(hidden)[:, :frames]  # [batch, T, N D]
        return tf.reshape(motion, [-1, frames, joints, dimensions])
