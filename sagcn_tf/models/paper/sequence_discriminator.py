"""D_V: does this sequence look like a real one of its class?"""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.frame_values import frame_values


@keras.saving.register_keras_serializable("sagcn_tf")
class SequenceDiscriminator(ConditionalNetwork):
    """D_V(v, y) of equation 1: judges a whole sequence given its class.

    The same maps act on every frame (widths of `sequence_maps`, LeakyReLU .2); the class is added
    in front of the third. A convolution over three frames and a linear map over all frames give
    one logit.

    Args:
        config: a `Config`; `sequence_maps` and `frames` are used.

    Call arguments:
        inputs: motion `[batch, T, N, D]` and label `[batch, C]`.

    Returns:
        logits `[batch]`, float32.
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
        # W [h; y] as W_h h + W_y y: the class is the same in each frame.
        class_term = self.label_map(label)[:, None]
        return self.logit(frame_values(hidden, self.maps, self.convolution, class_term))[:, 0]
