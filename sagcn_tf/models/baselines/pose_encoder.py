"""Encoder of E2E, EPVA and adv-EPVA."""

import keras
import tensorflow as tf

CODE = 64  # width of a code
HIDDEN = 256  # width of all hidden layers of these systems


class PoseEncoder(keras.Model):
    """Two ReLU layers and a linear map from a pose to its code.

    It takes the place of the convolutional network for images in the original.

    Args:
        width: Number of coordinates of a pose, V = N D.
        normalized: Whether to scale codes to length 1. Default False.

    Call arguments:
        poses: Standardized poses `[..., V]`.
        dropout: Dropout mask `[..., 256]` of the last hidden layer, see
            `PosePrediction.dropout_mask`. Default None: no dropout.

    Returns:
        Codes `[..., 64]`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
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
