"""Input features of the discriminators of `tuned`: joints, bones and bone lengths."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.frame_range import frame_range
from sagcn_tf.models.tuned.body_statistics import BodyStatistics


class MotionFeatures(keras.layers.Layer):
    """Standardized joints, bone vectors and bone lengths of each frame.

    Args:
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint.
        differences: Whether to append the frame differences of joints and lengths, 0 in the first
            frame, scaled by `BodyStatistics.difference_scale`. Default False.

    Call arguments:
        motion: Standardized motion, `[batch, T, N, D]`.

    Returns:
        float32 `[batch, T, F]`, F = 2 N D + N, plus N D + N with `differences`.
    """

    def __init__(self, skeleton, dimensions, differences=False, **kwargs):
        super().__init__(trainable=False, autocast=False, **kwargs)
        self.differences = differences
        joints, size = skeleton.num_joints, skeleton.num_joints * dimensions

        def fixed(name, *shape):
            return self.add_weight(name=name, shape=shape, trainable=False, autocast=False)

        self.kernel, self.offset = fixed("kernel", size, size), fixed("offset", size)
        self.bone_scale, self.bone_mean = fixed("bone_scale", size), fixed("bone_mean", size)
        self.length_std = fixed("length_std", joints)
        self.length_mean = fixed("length_mean", joints)
        self.softening = fixed("softening")
        self.difference_scale = fixed("difference_scale")
        self.adapt(BodyStatistics.identity(skeleton, dimensions))
        self.built = True

    def adapt(self, body):
        """Adapts the layer to the `BodyStatistics` of the training data."""
        joints, dimensions = body.mean.shape
        # d bone[k, e] / d joint[n, d], as [n, d, k, e]
        kernel = np.einsum(
            "kn,nd,kd,de->ndke", body.bones, body.std, 1 / body.bone_scale, np.eye(dimensions)
        )
        self.kernel.assign(kernel.reshape(joints * dimensions, joints * dimensions))
        self.offset.assign(((body.bones @ body.mean - body.bone_mean) / body.bone_scale).ravel())
        self.bone_scale.assign(body.bone_scale.ravel())
        self.bone_mean.assign(body.bone_mean.ravel())
        self.length_std.assign(body.length_std)
        self.length_mean.assign(body.length_mean)
        self.softening.assign(body.softening)
        self.difference_scale.assign(body.difference_scale)

    def call(self, motion):
        _, frames, joints, dimensions = motion.shape
        flat = tf.reshape(motion, [-1, joints * dimensions])  # [batch T, N D]
        bones = tf.matmul(flat, self.kernel) + self.offset
        vectors = tf.reshape(bones * self.bone_scale + self.bone_mean, [-1, joints, dimensions])
        lengths = tf.sqrt(tf.reduce_sum(tf.square(vectors), axis=-1) + self.softening)
        lengths = (lengths - self.length_mean) / self.length_std  # [batch T, N]
        seen = [flat, bones, lengths]
        seen = [tf.reshape(part, [-1, frames, part.shape[-1]]) for part in seen]
        if self.differences:
            moving = tf.concat([seen[0], seen[2]], axis=-1)
            after, before = (frame_range(moving, start, frames - 1) for start in (1, 0))
            moving = tf.pad(after - before, [[0, 0], [1, 0], [0, 0]])
            seen.append(self.difference_scale * moving)
        return tf.concat(seen, axis=-1)
