"""D_F of `tuned`: discriminator of a set of frames."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.tuned.class_spread import ClassSpread
from sagcn_tf.models.tuned.label_projection import LabelProjection
from sagcn_tf.models.tuned.motion_features import MotionFeatures


@keras.saving.register_keras_serializable("sagcn_tf")
class FrameSetCritic(ConditionalNetwork):
    """Discriminator D_F of `k_frame` random frames as a set, given their class.

    Two linear maps act on the joints, bones and bone lengths of each frame (`MotionFeatures`). The
    mean over the frames passes through a third map with a residual connection, and a projection of
    the label gives one logit. The class also enters the first and the third map; the third also
    sees the spread of the mean over the clips of the class (`ClassSpread`). LeakyReLU(.2) follows
    each map. The order of the frames does not matter.

    For the arguments see `ConditionalNetwork`; of `config`, `k_frame` and `frame_width` are used.

    Call arguments:
        inputs: Standardized frames `[batch, k_frame, N, D]` and label `[batch, C]`.
        sets: Number of equal parts of the batch that are judged separately. Default 1.

    Returns:
        Logits `[batch]`, float32.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        # `MotionFeatures` needs the motion in float32, even under mixed precision.
        super().__init__(config, num_classes, skeleton, dimensions, autocast=False, **kwargs)
        policy, width, dense = self.dtype_policy, config.frame_width, keras.layers.Dense
        self.features = MotionFeatures(skeleton, dimensions, dtype=self.variable_dtype)
        self.first, self.second, self.set_map = (dense(width, dtype=policy) for _ in range(3))
        self.label_map, self.set_label_map, self.spread_map = (
            dense(width, use_bias=False, dtype=policy) for _ in range(3)
        )
        self.spread = ClassSpread(dtype=self.variable_dtype)
        self.logit = LabelProjection(width, dtype=self.variable_dtype)
        self._create_weights(config.k_frame, skeleton.num_joints, dimensions)

    def adapt(self, body):
        """Adapts the network to the `BodyStatistics` of the training data."""
        self.features.adapt(body)

    def call(self, inputs, sets=1):
        frames, label = inputs
        hidden = self.first(tf.cast(self.features(frames), self.compute_dtype))
        hidden = tf.nn.leaky_relu(hidden + self.label_map(label)[:, None], 0.2)
        hidden = tf.nn.leaky_relu(self.second(hidden), 0.2)  # [batch, k_frame, width]
        mean = tf.reduce_mean(hidden, axis=1)
        of_class = self.set_label_map(label) + self.spread_map(self.spread(mean, label, sets=sets))
        mean += tf.nn.leaky_relu(self.set_map(mean) + of_class, 0.2)
        return self.logit(mean, label)
