"""Critic of single poses of SkeletonGAN."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_generator import small_weights
from sagcn_tf.models.baselines.with_label import with_label

_WIDTH = 1024


class PoseCritic(keras.Model):
    """Wasserstein critic of poses, given their class.

    Args:
        num_classes: Number of classes C.
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.

    Call arguments:
        inputs: Poses `[batch, poses, N D]` and label `[batch, C]`.

    Returns:
        Unbounded scores `[batch, poses]`, higher for poses that look real.
    """

    def __init__(self, num_classes, joints, dimensions, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(
            _WIDTH, activation="relu", kernel_initializer=small_weights()
        )
        self.value = keras.layers.Dense(1, kernel_initializer=small_weights())
        self.built = True
        self((tf.zeros([1, 1, joints * dimensions]), tf.zeros([1, num_classes])))

    def call(self, inputs):
        return self.value(self.hidden(with_label(*inputs)))[..., 0]
