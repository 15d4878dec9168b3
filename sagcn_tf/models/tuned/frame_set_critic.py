"""D_F of `tuned`: do these frames look like real ones of their class?"""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.tuned.label_projection import LabelProjection
from sagcn_tf.models.tuned.motion_features import MotionFeatures


@keras.saving.register_keras_serializable("sagcn_tf")
class FrameSetCritic(ConditionalNetwork):
    """D_F(k frames, y) of equation 1: judges `k_frame` random frames as a set, given their class.

    Two maps act on each frame's joints, bones and bone lengths (`MotionFeatures`). To their mean
    over the frames one more map of it is added, and the projection of the label gives one logit.
    The class is added in the first map and in the last, too. LeakyReLU .2 follows each. The order
    of the frames has no influence.

    Args:
        config: a `Config`; `k_frame` and `frame_width` are used.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D. Default 2.

    Call arguments:
        inputs: frames `[batch, k_frame, N, D]`, standardized, and label `[batch, C]`.

    Returns:
        logits `[batch]`, float32.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        # Motion stays in float32 under mixed precision, where `MotionFeatures` looks at it.
        super().__init__(config, num_classes, skeleton, dimensions, autocast=False, **kwargs)
        policy, width, dense = self.dtype_policy, config.frame_width, keras.layers.Dense
        self.features = MotionFeatures(skeleton, dimensions, dtype=self.variable_dtype)
        self.first, self.second, self.of_set = (dense(width, dtype=policy) for _ in range(3))
        self.label_map, self.set_label_map = (
            dense(width, use_bias=False, dtype=policy) for _ in range(2)
        )
        self.logit = LabelProjection(width, dtype=self.variable_dtype)
        self._create_weights(config.k_frame, skeleton.num_joints, dimensions)

    def adapt(self, body):
        """Takes over the `BodyStatistics` of the data to train on."""
        self.features.adapt(body)

    def call(self, inputs):
        frames, label = inputs
        hidden = self.first(tf.cast(self.features(frames), self.compute_dtype))
        hidden = tf.nn.leaky_relu(hidden + self.label_map(label)[:, None], 0.2)
        hidden = tf.nn.leaky_relu(self.second(hidden), 0.2)  # [batch, k_frame, width]
        mean = tf.reduce_mean(hidden, axis=1)
        mean += tf.nn.leaky_relu(self.of_set(mean) + self.set_label_map(label), 0.2)
        return self.logit(mean, label)
