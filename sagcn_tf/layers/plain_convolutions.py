"""Convolutions that ignore the skeleton: baseline 1 of table 4 of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.layers.residual_convolutions import ResidualConvolutions


@keras.saving.register_keras_serializable("sagcn_tf")
class PlainConvolutions(ResidualConvolutions):
    """Five convolutions over frames and joints, with the residual connections of the paper.

    The pruned attention is ignored. Inputs and outputs are those of `ResidualConvolutions`.

    Args:
        filters: Widths of the five convolutions.
        kernel_size: 1 (default), the size of the graph convolutions' kernels, so that no node sees
            another; or 3, for three frames by three joints in the order of their indices.
        outputs: See `ResidualConvolutions`. Default None, as in the paper.

    Raises:
        ValueError: If `filters` does not hold five widths, or the number of frames is unknown.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), table 4
    """

    def __init__(self, filters, kernel_size=1, outputs=None, **kwargs):
        super().__init__(filters, outputs, **kwargs)
        self.kernel_size = kernel_size

    def make_convolution(self, filters, **kwargs):
        if self.kernel_size == 1:
            return keras.layers.Dense(
                filters, **kwargs
            )  # the same as a 1 x 1 convolution, in half the time
        return _Convolution(filters, self.kernel_size, padding="same", **kwargs)

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size}


class _Convolution(keras.layers.Conv2D):
    """Convolution over T and N of `[batch, T, N, D, C]`; a `Conv3D` takes three times as long."""

    def build(self, features_shape):
        batch, frames, joints, _, width = features_shape
        super().build((batch, frames, joints, width))

    def call(self, features):
        _, frames, joints, dimensions, width = features.shape
        images = tf.transpose(features, [0, 3, 1, 2, 4])  # [batch, D, T, N, C]
        outputs = super().call(tf.reshape(images, [-1, frames, joints, width]))
        outputs = tf.reshape(outputs, [-1, dimensions, frames, joints, self.filters])
        return tf.transpose(outputs, [0, 2, 3, 1, 4])  # [batch, T, N, D, filters]
