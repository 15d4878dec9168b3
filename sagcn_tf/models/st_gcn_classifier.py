"""A second, stronger classifier: ST-GCN, which sees the joints as a body and their motion."""

import keras
import tensorflow as tf

from sagcn_tf.layers import STGraphConvolution

_FILTERS = (32, 64, 128)


class STGCNClassifier(keras.Model):
    """ST-GCN (Yan et al. 2018) with fewer and narrower layers, to be trained on small data.

    Each coordinate of each joint is normalized, then spatial-temporal graph convolutions follow
    one another, the frames between them averaged in pairs; the mean over joints and frames goes
    through dropout and a linear map to C classes.

    Args:
        num_classes: C.
        frames: T of all clips.
        skeleton: the `Skeleton` of N joints.
        dimensions: D.
        filters: widths of the graph convolutions. Default: (32, 64, 128).

    Call arguments:
        motion: standardized, `[batch, T, N, D]`.

    Returns:
        logits `[batch, C]`, float32.
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
        """The mean over joints and frames, `[batch, F]`: the space of the Frechet distance."""
        _, frames, joints, dimensions = motion.shape
        hidden = tf.reshape(motion, [-1, frames, joints * dimensions])
        hidden = tf.reshape(self.normalization(hidden), [-1, frames, joints, dimensions])
        hidden = tf.transpose(hidden, [0, 2, 1, 3])  # [batch, N, T, D]
        for number, convolution in enumerate(self.convolutions):
            hidden = convolution(self.halving(hidden) if number else hidden)
        return tf.reduce_mean(hidden, axis=(1, 2))
