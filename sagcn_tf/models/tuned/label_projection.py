"""Last layer of both discriminators of `tuned`: a logit that depends on the class."""

import keras
import tensorflow as tf


class LabelProjection(keras.layers.Layer):
    """Projection discriminator `w h + b + (E y) h / sqrt(W)`.

    Args:
        width: Width W of the features.

    Call arguments:
        hidden: Features h, `[batch, W]`.
        label: Label y, `[batch, C]`.

    Returns:
        Logits `[batch]` in the compute dtype of the layer.

    References:
        - [Miyato and Koyama, 2018](https://arxiv.org/abs/1802.05637)
    """

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.linear = keras.layers.Dense(1, dtype=self.dtype_policy)
        self.embedding = keras.layers.Dense(width, use_bias=False, dtype=self.dtype_policy)
        self.built = True  # otherwise Keras traces `call` before it runs it

    def call(self, hidden, label):
        projected = tf.reduce_sum(self.embedding(label) * hidden, axis=-1)
        return self.linear(hidden)[:, 0] + self.width**-0.5 * projected
