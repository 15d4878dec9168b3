"""A logit that depends on the class: what both discriminators of `tuned` end with."""

import keras
import tensorflow as tf


class LabelProjection(keras.layers.Layer):
    """`w h + b + (E y) h / sqrt(W)`: the projection discriminator of Miyato and Koyama (2018).

    Args:
        width: W, of the features.

    Call arguments:
        hidden: `[batch, W]`.
        label: `[batch, C]`.

    Returns:
        logits `[batch]`, in the layer's own precision.
    """

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.linear = keras.layers.Dense(1, dtype=self.dtype_policy)
        self.embedding = keras.layers.Dense(width, use_bias=False, dtype=self.dtype_policy)

    def call(self, hidden, label):
        projected = tf.reduce_sum(self.embedding(label) * hidden, axis=-1)
        return self.linear(hidden)[:, 0] + self.width**-0.5 * projected
