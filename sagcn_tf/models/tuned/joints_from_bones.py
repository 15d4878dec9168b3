"""From bone vectors to joints: what the generator of `tuned` ends with."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.tuned.body_statistics import BodyStatistics


class JointsFromBones(keras.layers.Layer):
    """Sums standardized bone vectors along the skeleton to standardized joints.

    A fixed linear map. A generator of bone vectors keeps the proportions of a body more easily than
    one of joints, where an error of a hip does not move the foot with it.

    Args:
        skeleton: the `Skeleton` of N joints.
        dimensions: D.

    Call arguments:
        bones: `[batch, T, N, D]`, standardized.

    Returns:
        joints `[batch, T, N, D]`, standardized, float32.
    """

    def __init__(self, skeleton, dimensions, **kwargs):
        # Coordinates are float32 also under mixed precision.
        super().__init__(trainable=False, autocast=False, **kwargs)
        size, fixed = skeleton.num_joints * dimensions, {"trainable": False, "autocast": False}
        self.kernel = self.add_weight(name="kernel", shape=(size, size), **fixed)
        self.offset = self.add_weight(name="offset", shape=(size,), **fixed)
        self.adapt(BodyStatistics.of_nothing(skeleton, dimensions))
        self.built = True

    def adapt(self, body):
        """Takes over the `BodyStatistics` of a data set."""
        joints, dimensions = body.mean.shape
        paths = np.linalg.inv(body.bones)  # [N, N]: 1 for the bones between the root and a joint
        # d joint[n, d] / d bone[k, e], as [k, e, n, d]
        kernel = np.einsum(
            "nk,kd,nd,ed->kend", paths, body.bone_std, 1 / body.std, np.eye(dimensions)
        )
        self.kernel.assign(kernel.reshape(joints * dimensions, joints * dimensions))
        self.offset.assign(((paths @ body.bone_mean - body.mean) / body.std).ravel())

    def call(self, bones):
        _, frames, joints, dimensions = bones.shape
        flat = tf.reshape(bones, [-1, joints * dimensions])  # [batch T, N D]
        moved = tf.matmul(flat, self.kernel) + self.offset
        return tf.reshape(moved, [-1, frames, joints, dimensions])
