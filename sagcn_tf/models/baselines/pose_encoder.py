"""The encoder of the compared systems that predict codes: a pose becomes a short code."""

import keras
import tensorflow as tf

CODE = 64  # width of a code
HIDDEN = 256  # width of every hidden layer of these systems


class PoseEncoder(keras.Model):
    """Two ReLU layers and a linear map from a pose to its code.

    It stands where Wichers et al. 2018 have a convolutional network for images.

    Args:
        width: V = N D, coordinates of a pose.
        normalized: whether codes are scaled to length 1. Default False.

    Call arguments:
        poses: `[..., V]`, standardized.
        dropout: factors `[..., 256]` of the last hidden layer, see
            `PosePrediction.dropout_factors`. Default None: no dropout.

    Returns:
        codes `[..., 64]`.
    """

    def __init__(self, width, normalized=False, **kwargs):
        super().__init__(**kwargs)
        self.normalized = normalized
        self.hidden = [keras.layers.Dense(HIDDEN, activation="relu") for _ in range(2)]
        self.code = keras.layers.Dense(CODE)
        self.built = True
        self(tf.zeros([1, width]))

    def call(self, poses, dropout=None):
        hidden = poses
        for layer in self.hidden:
            hidden = layer(hidden)
        if dropout is not None:
            hidden *= dropout
        codes = self.code(hidden)
        return tf.math.l2_normalize(codes, axis=-1) if self.normalized else codes
