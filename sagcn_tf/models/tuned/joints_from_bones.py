"""Last layer of the generator of `tuned`: bone vectors to joints."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.tuned.body_statistics import BodyStatistics


class JointsFromBones(keras.layers.Layer):
    """Sums standardized bone vectors along the skeleton to standardized joints.

    This is a fixed linear map. A generator of bone vectors keeps the proportions of a body more
    easily than a generator of joints: an error of the hip moves the foot as well.

    Args:
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint.

    Call arguments:
        bones: Standardized bone vectors, `[batch, T, N, D]`.

    Returns:
        Standardized joints `[batch, T, N, D]`, float32.
    """

    def __init__(self, skeleton, dimensions, **kwargs):
        # Coordinates stay in float32 under mixed precision.
        super().__init__(trainable=False, autocast=False, **kwargs)
        size, fixed = skeleton.num_joints * dimensions, {"trainable": False, "autocast": False}
        self.kernel = self.add_weight(name="kernel", shape=(size, size), **fixed)
        self.offset = self.add_weight(name="offset", shape=(size,), **fixed)
        self.adapt(BodyStatistics.identity(skeleton, dimensions))
        self.built = True

    def adapt(self, body):
        """Adapts the layer to the `BodyStatistics` of the training data."""
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
