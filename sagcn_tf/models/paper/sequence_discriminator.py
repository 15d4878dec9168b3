"""D_V of the paper: discriminator of whole sequences."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.frame_values import frame_values


@keras.saving.register_keras_serializable("sagcn_tf")
class SequenceDiscriminator(ConditionalNetwork):
    """Discriminator D_V of a whole sequence, given its class.

    Four linear maps with LeakyReLU(.2) act on every frame; the class enters at the third. A
    convolution over three frames and a linear map over all frames give one logit.

    For the arguments see `ConditionalNetwork`; of `config`, `sequence_maps` and `frames` are used.

    Call arguments:
        inputs: Motion `[batch, T, N, D]` and label `[batch, C]`.

    Returns:
        Logits `[batch]`, float32.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, **kwargs)
        policy = self.dtype_policy
        self.maps = [keras.layers.Dense(width, dtype=policy) for width in config.sequence_maps]
        self.label_map = keras.layers.Dense(config.sequence_maps[2], use_bias=False, dtype=policy)
        self.convolution = keras.layers.Conv1D(1, 3, padding="same", dtype=policy)
        self.logit = keras.layers.Dense(1, dtype=self.variable_dtype)
        self._create_weights(config.frames, skeleton.num_joints, dimensions)

    def call(self, inputs):
        motion, label = inputs
        # [batch, T, N, D] -> [batch, T, N D]
        hidden = tf.reshape(motion, [-1, self.config.frames, motion.shape[-2] * motion.shape[-1]])
        # W [h; y] = W_h h + W_y y, and the class is the same in all frames.
        class_term = self.label_map(label)[:, None]
        return self.logit(frame_values(hidden, self.maps, self.convolution, class_term))[:, 0]
