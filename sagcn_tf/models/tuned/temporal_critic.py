"""D_V of `tuned`: discriminator of whole clips by convolutions over time."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.frame_range import frame_range
from sagcn_tf.models.tuned.class_spread import ClassSpread
from sagcn_tf.models.tuned.label_projection import LabelProjection
from sagcn_tf.models.tuned.motion_features import MotionFeatures

_STEPS_LEFT = 8  # time steps after the convolutions


@keras.saving.register_keras_serializable("sagcn_tf")
class TemporalCritic(ConditionalNetwork):
    """Discriminator D_V of a whole clip, given its class.

    The inputs are joints, bones, bone lengths and frame differences (`MotionFeatures`). One or more
    convolutions with kernel size 4 and stride 2 halve the number of time steps until at most 8 are
    left. A linear map takes all of them and their spread over the clips of the class
    (`ClassSpread`); then a projection of the label gives one logit. The class also enters the first
    convolution. LeakyReLU(.2) follows each layer.

    For the arguments see `ConditionalNetwork`; of `config`, `frames` and `sequence_width` are used.

    Call arguments:
        inputs: Standardized motion `[batch, T, N, D]` and label `[batch, C]`.
        sets: Number of equal parts of the batch that are judged separately. Default 1.

    Returns:
        Logits `[batch]`, float32.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        # `MotionFeatures` needs the motion in float32, even under mixed precision.
        super().__init__(config, num_classes, skeleton, dimensions, autocast=False, **kwargs)
        policy, width, dense = self.dtype_policy, config.sequence_width, keras.layers.Dense
        self.features = MotionFeatures(
            skeleton, dimensions, differences=True, dtype=self.variable_dtype
        )
        levels, steps = 1, -(-config.frames // 2)
        while steps > _STEPS_LEFT:
            levels, steps = levels + 1, -(-steps // 2)
        self.convolutions = [dense(width, dtype=policy) for _ in range(levels)]
        self.label_map = dense(width, use_bias=False, dtype=policy)
        self.clip_map = dense(width, dtype=policy)
        self.spread = ClassSpread(dtype=self.variable_dtype)
        self.spread_map = dense(width, use_bias=False, dtype=policy)
        self.logit = LabelProjection(width, dtype=self.variable_dtype)
        self._create_weights(config.frames, skeleton.num_joints, dimensions)

    def adapt(self, body):
        """Adapts the network to the `BodyStatistics` of the training data."""
        self.features.adapt(body)

    def call(self, inputs, sets=1):
        motion, label = inputs
        hidden = tf.cast(self.features(motion), self.compute_dtype)  # [batch, T, F]
        for number, convolution in enumerate(self.convolutions):
            hidden = convolution(_windows(hidden))
            if number == 0:
                hidden += self.label_map(label)[:, None]
            hidden = tf.nn.leaky_relu(hidden, 0.2)
        _, steps, width = hidden.shape
        hidden = tf.reshape(hidden, [-1, steps * width])
        spread = self.spread(hidden, label, sets=sets)
        hidden = tf.nn.leaky_relu(self.clip_map(hidden) + self.spread_map(spread), 0.2)
        return self.logit(hidden, label)


def _windows(hidden):
    """Extracts the windows of a convolution with kernel size 4 and stride 2.

    The gradient penalty differentiates twice. Written as windows times a kernel, a convolution has
    gradients of all orders that are matrix products as well.

    Args:
        hidden: `[batch, T, F]`.

    Returns:
        `[batch, ceil(T / 2), 4 F]`.
    """
    _, frames, width = hidden.shape
    right = 1 + frames % 2
    pairs = (frames + 1 + right) // 2
    hidden = tf.pad(hidden, [[0, 0], [1, right], [0, 0]])
    hidden = tf.reshape(hidden, [-1, pairs, 2 * width])
    return tf.concat([frame_range(hidden, start, pairs - 1) for start in (0, 1)], axis=-1)
