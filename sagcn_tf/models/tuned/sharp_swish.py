"""Activation function of the generator of `tuned`."""

import keras
import tensorflow as tf

_BETA = 6.0


@keras.saving.register_keras_serializable("sagcn_tf")
def sharp_swish(inputs):
    """Swish, `x sigmoid(6 x)`.

    It lies between ReLU, whose kinks make joints tremble, and SiLU, `x sigmoid(x)`, with which
    generated Human3.6M motion accelerates less than real motion.

    Args:
        inputs: x, any shape.

    Returns:
        Same shape and dtype as `inputs`.

    References:
        - [Ramachandran et al., 2017](https://arxiv.org/abs/1710.05941)
    """
    return tf.nn.silu(inputs, beta=_BETA)
