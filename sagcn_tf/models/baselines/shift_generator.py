"""Generator of motion of SkeletonGAN: a path through the latent space of poses."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_generator import LATENT_WIDTH
from sagcn_tf.models.baselines.with_label import with_label

NOISE_WIDTH = 64
_HIDDEN = 256


class ShiftGenerator(keras.Model):
    """LSTM from noise and a class to the steps of a path through `PoseGenerator`'s latent space.

    A linear map follows the LSTM, and its outputs are clipped to the range -1 to 1.

    Args:
        num_classes: Number of classes C.

    Call arguments:
        inputs: Noise `[batch, T - 1, 64]` and label `[batch, C]`.

    Returns:
        Shifts `[batch, T - 1, 12]`.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.rnn = keras.layers.LSTM(_HIDDEN, return_sequences=True)
        self.shift = keras.layers.Dense(LATENT_WIDTH)
        self.built = True
        self((tf.zeros([1, 1, NOISE_WIDTH]), tf.zeros([1, num_classes])))

    def call(self, inputs):
        return tf.clip_by_value(self.shift(self.rnn(with_label(*inputs))), -1.0, 1.0)
