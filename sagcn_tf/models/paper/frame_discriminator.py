"""D_F: do these frames look like real ones of their class?"""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork


@keras.saving.register_keras_serializable("sagcn_tf")
class FrameDiscriminator(ConditionalNetwork):
    """D_F(k frames, y) of equation 1: judges `k_frame` random frames given their class.

    As `SequenceDiscriminator`, with a linear skip connection over the first two maps and with no
    view of time: frames come in random order, and each gives one value before the last linear map.

    Args:
        config: a `Config`; `frame_maps` and `k_frame` are used.

    Call arguments:
        inputs: frames `[batch, k_frame, N, D]` and label `[batch, C]`.

    Returns:
        logits `[batch]`, float32.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, **kwargs)
        policy = self.dtype_policy
        self.maps = [keras.layers.Dense(width, dtype=policy) for width in config.frame_maps]
        self.skip = keras.layers.Dense(config.frame_maps[1], use_bias=False, dtype=policy)
        self.label_map = keras.layers.Dense(config.frame_maps[2], use_bias=False, dtype=policy)
        self.frame_value = keras.layers.Dense(1, dtype=policy)
        self.logit = keras.layers.Dense(1, dtype=self.variable_dtype)
        self._create_weights(config.k_frame, skeleton.num_joints, dimensions)

    def call(self, inputs):
        frames, label = inputs
        # [batch, k_frame, N, D] -> [batch, k_frame, N D]
        poses = tf.reshape(frames, [-1, self.config.k_frame, frames.shape[-2] * frames.shape[-1]])
        first, second, third, fourth = self.maps
        hidden = second(tf.nn.leaky_relu(first(poses), 0.2))
        hidden = tf.nn.leaky_relu(hidden, 0.2) + self.skip(poses)
        hidden = tf.nn.leaky_relu(third(hidden) + self.label_map(label)[:, None], 0.2)
        hidden = tf.nn.leaky_relu(fourth(hidden), 0.2)
        values = self.frame_value(hidden)[..., 0]  # [batch, k_frame]
        return self.logit(values)[:, 0]
