"""Generator of single poses of SkeletonGAN, G0."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

LATENT_WIDTH = 12
_WIDTH = 1024


def small_weights():
    """Returns the initializer of the networks of single poses: N(0, .02^2)."""
    return keras.initializers.RandomNormal(stddev=0.02)


class PoseGenerator(keras.Model):
    """Generator G0(z, y) of single poses, each from its own latent vector.

    A hidden layer of 1024 units, batch normalization, ReLU and a linear map. Batch statistics are
    those of all replicas together, so training does not depend on the number of replicas.

    Args:
        num_classes: Number of classes C.
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.

    Call arguments:
        inputs: Latent vectors `[batch, poses, 12]`, from -1 to 1, and label `[batch, C]`.
        training: Whether to normalize by the statistics of the batch and update the moving
            statistics. False (default) normalizes by the moving statistics.

    Returns:
        Standardized poses `[batch, poses, N D]`.
    """

    def __init__(self, num_classes, joints, dimensions, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(_WIDTH, kernel_initializer=small_weights())
        self.normalization = keras.layers.BatchNormalization(momentum=0.99, synchronized=True)
        self.coordinates = keras.layers.Dense(
            joints * dimensions, kernel_initializer=small_weights()
        )
        self.built = True
        self((tf.zeros([1, 1, LATENT_WIDTH]), tf.zeros([1, num_classes])))

    def call(self, inputs, training=False):
        hidden = self.hidden(with_label(*inputs))
        return self.coordinates(tf.nn.relu(self.normalization(hidden, training=training)))
