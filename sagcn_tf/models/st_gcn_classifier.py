"""Stronger action classifier: a small ST-GCN."""

import keras
import tensorflow as tf

from sagcn_tf.layers import STGraphConvolution

_FILTERS = (32, 64, 128)


class STGCNClassifier(keras.Model):
    """ST-GCN with fewer and narrower layers, for small data sets.

    Batch normalization of each coordinate of each joint; spatial-temporal graph convolutions, with
    average pooling of pairs of frames between them; the mean over joints and frames; dropout; and a
    linear map to C classes.

    Args:
        num_classes: Number of classes C.
        frames: Number of frames T per clip.
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint.
        filters: Widths of the graph convolutions. Default (32, 64, 128).

    Call arguments:
        motion: Standardized motion, `[batch, T, N, D]`.

    Returns:
        Logits `[batch, C]`, float32.

    References:
        - [Yan et al., 2018](https://arxiv.org/abs/1801.07455)
    """

    def __init__(self, num_classes, frames, skeleton, dimensions, filters=_FILTERS, **kwargs):
        super().__init__(**kwargs)
        adjacency = skeleton.adjacency()
        self.normalization = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.convolutions = [
            STGraphConvolution(width, adjacency, skeleton.center, residual=number > 0)
            for number, width in enumerate(filters)
        ]
        self.halving = keras.layers.AveragePooling2D((1, 2), padding="same")
        self.dropout = keras.layers.Dropout(0.5)
        self.head = keras.layers.Dense(num_classes)
        self(tf.zeros([1, frames, skeleton.num_joints, dimensions]))

    def call(self, motion):
        return self.head(self.dropout(self.features(motion)))

    def features(self, motion):
        """Returns the mean over joints and frames, `[batch, F]`, for the Frechet distance."""
        _, frames, joints, dimensions = motion.shape
        hidden = tf.reshape(motion, [-1, frames, joints * dimensions])
        hidden = tf.reshape(self.normalization(hidden), [-1, frames, joints, dimensions])
        hidden = tf.transpose(hidden, [0, 2, 1, 3])  # [batch, N, T, D]
        for number, convolution in enumerate(self.convolutions):
            hidden = convolution(self.halving(hidden) if number else hidden)
        return tf.reduce_mean(hidden, axis=(1, 2))
