"""G0 of SkeletonGAN: a point of a small latent space and a class become a pose."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

LATENT_WIDTH = 12
_WIDTH = 1024


def small_weights():
    """How the networks of single poses begin: N(0, .02)."""
    return keras.initializers.RandomNormal(stddev=0.02)


class PoseGenerator(keras.Model):
    """G0(z, y): single poses, each from its own latent point.

    One hidden map of 1024, batch normalization, ReLU, one linear map. The statistics of a batch
    are those of all replicas together, so training does not depend on how many there are.

    Args:
        num_classes: C.
        joints: N.
        dimensions: D.

    Call arguments:
        inputs: latent `[batch, poses, 12]`, from -1 to 1, and label `[batch, C]`.
        training: default False, normalizes by the moving statistics. True: by those of the batch,
            and moves the moving statistics.

    Returns:
        poses `[batch, poses, N D]`, standardized.
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
