"""D_V of `tuned`: does this motion look like a real one of its class?"""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.tuned.label_projection import LabelProjection
from sagcn_tf.models.tuned.motion_features import MotionFeatures

_STEPS_LEFT = 8  # of time, after the convolutions


@keras.saving.register_keras_serializable("sagcn_tf")
class TemporalCritic(ConditionalNetwork):
    """D_V(v, y) of equation 1: judges a whole clip given its class, by convolutions over time.

    Sees joints, bones, bone lengths and frame differences (`MotionFeatures`). Convolutions of
    kernel 4 and stride 2, at least one, halve the frames until at most 8 steps of time are left; a
    map over all of these and the projection of the label (Miyato and Koyama 2018) give one logit.
    The class is added in the first convolution, too. LeakyReLU .2 follows each.

    Args:
        config: a `Config`; `frames` and `sequence_width` are used.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D. Default 2.

    Call arguments:
        inputs: motion `[batch, T, N, D]`, standardized, and label `[batch, C]`.

    Returns:
        logits `[batch]`, float32.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        # Motion stays in float32 under mixed precision, where `MotionFeatures` looks at it.
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
        self.whole = dense(width, dtype=policy)
        self.logit = LabelProjection(width, dtype=self.variable_dtype)
        self._create_weights(config.frames, skeleton.num_joints, dimensions)

    def adapt(self, body):
        """Takes over the `BodyStatistics` of the data to train on."""
        self.features.adapt(body)

    def call(self, inputs):
        motion, label = inputs
        hidden = tf.cast(self.features(motion), self.compute_dtype)  # [batch, T, F]
        for number, convolution in enumerate(self.convolutions):
            hidden = convolution(_windows(hidden))
            if number == 0:
                hidden += self.label_map(label)[:, None]
            hidden = tf.nn.leaky_relu(hidden, 0.2)
        _, steps, width = hidden.shape
        hidden = self.whole(tf.reshape(hidden, [-1, steps * width]))
        return self.logit(tf.nn.leaky_relu(hidden, 0.2), label)


def _windows(hidden):
    """What a convolution of kernel 4 and stride 2 sees: `[batch, T, F]` -> `[batch, T / 2, 4 F]`.

    T / 2 is rounded up. As reshapes and a product with its kernel, the gradient of its gradient is
    products, too.
    """
    _, frames, width = hidden.shape
    right = 1 + frames % 2
    pairs = (frames + 1 + right) // 2
    hidden = tf.pad(hidden, [[0, 0], [1, right], [0, 0]])
    hidden = tf.reshape(hidden, [-1, pairs, 2 * width])
    return tf.concat([hidden[:, :-1], hidden[:, 1:]], axis=-1)
