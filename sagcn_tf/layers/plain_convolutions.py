"""Convolutions that know no skeleton, which table 4 of the paper compares with."""

import keras
import tensorflow as tf

from sagcn_tf.layers.residual_convolutions import ResidualConvolutions


@keras.saving.register_keras_serializable("sagcn_tf")
class PlainConvolutions(ResidualConvolutions):
    """Convolutions over frames and joints, baseline 1 of table 4; joined as in the paper's block.

    The pruned attention is not used.

    Args:
        filters: widths of the five convolutions.
        kernel_size: 1, as the kernels of the graph convolutions, so that no node sees another; or
            3, three frames by three joints as they are numbered. Default 1.
        outputs: as of `ResidualConvolutions`. Default None, as in the paper.

    Raises:
        ValueError: if `filters` does not hold five widths.
    """

    def __init__(self, filters, kernel_size=1, outputs=None, **kwargs):
        super().__init__(filters, outputs, **kwargs)
        self.kernel_size = kernel_size

    def make_convolution(self, filters, **kwargs):
        if self.kernel_size == 1:
            return keras.layers.Dense(filters, **kwargs)  # the same in half the time
        return _Convolution(filters, self.kernel_size, padding="same", **kwargs)

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size}


class _Convolution(keras.layers.Conv2D):
    """A convolution over T and N of `[batch, T, N, D, C]`; a `Conv3D` is three times as slow."""

    def build(self, features_shape):
        batch, frames, joints, _, width = features_shape
        super().build((batch, frames, joints, width))

    def call(self, features):
        _, frames, joints, dimensions, width = features.shape
        images = tf.transpose(features, [0, 3, 1, 2, 4])  # [batch, D, T, N, C]
        outputs = super().call(tf.reshape(images, [-1, frames, joints, width]))
        outputs = tf.reshape(outputs, [-1, dimensions, frames, joints, self.filters])
        return tf.transpose(outputs, [0, 2, 3, 1, 4])  # [batch, T, N, D, filters]
