"""How SkeletonGAN moves: a path through the latent space of poses."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_generator import LATENT_WIDTH
from sagcn_tf.models.baselines.with_label import with_label

NOISE_WIDTH = 64
_HIDDEN = 256


class ShiftGenerator(keras.Model):
    """Noise and a class become the steps of a path through the latent space of `PoseGenerator`.

    An LSTM, a linear map of its outputs, and each coordinate of a step cut to -1 to 1.

    Args:
        num_classes: C.

    Call arguments:
        inputs: noise `[batch, T - 1, 64]` and label `[batch, C]`.

    Returns:
        shifts `[batch, T - 1, 12]`.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.rnn = keras.layers.LSTM(_HIDDEN, return_sequences=True)
        self.shift = keras.layers.Dense(LATENT_WIDTH)
        self.built = True
        self((tf.zeros([1, 1, NOISE_WIDTH]), tf.zeros([1, num_classes])))

    def call(self, inputs):
        return tf.clip_by_value(self.shift(self.rnn(with_label(*inputs))), -1.0, 1.0)
