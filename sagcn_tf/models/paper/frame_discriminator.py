"""D_F of the paper: discriminator of single frames."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork


@keras.saving.register_keras_serializable("sagcn_tf")
class FrameDiscriminator(ConditionalNetwork):
    """Discriminator D_F of `k_frame` random frames of a clip, given their class.

    Like `SequenceDiscriminator`, but with a linear skip connection over the first two maps and
    without a convolution over time: the frames come in random order, and each yields one value for
    the last linear map.

    For the arguments see `ConditionalNetwork`; of `config`, `frame_maps` and `k_frame` are used.

    Call arguments:
        inputs: Frames `[batch, k_frame, N, D]` and label `[batch, C]`.

    Returns:
        Logits `[batch]`, float32.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
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
