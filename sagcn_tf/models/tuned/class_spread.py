"""Spread of features over the clips of a class in a batch."""

import keras
import tensorflow as tf

_SMALLEST_VARIANCE = 1e-4  # keeps the gradient of the square root finite


class ClassSpread(keras.layers.Layer):
    """Standard deviation of each feature over the clips of the same class in the batch.

    A critic that sees one clip at a time can hardly tell that the generated clips of a class
    resemble each other more than real clips do. With this layer it sees how much they differ. Each
    replica measures its own clips. Several replicas therefore give the results of one only if each
    class of the batch is on a single replica.

    Call arguments:
        hidden: Features, `[batch, W]`.
        label: One-hot labels, `[batch, C]`.
        sets: Number of equal parts of the batch, such as real and fake clips, that are measured
            separately. Default 1.

    Returns:
        float32 `[batch, W]`; `sqrt(1e-4)` for a clip that is alone in its class.

    References:
        - [Karras et al., 2018](https://arxiv.org/abs/1710.10196), section 3, for a spread over all
          clips of a batch
    """

    def call(self, hidden, label, sets=1):
        width, classes = hidden.shape[-1], label.shape[-1]
        # [batch, ...] -> [sets, batch / sets, ...]
        features = tf.reshape(tf.cast(hidden, tf.float32), [sets, -1, width])
        label = tf.reshape(tf.cast(label, tf.float32), [sets, -1, classes])
        same = tf.matmul(label, label, transpose_b=True)  # [sets, batch / sets, batch / sets]
        share = same / tf.reduce_sum(same, axis=-1, keepdims=True)
        deviations = features - tf.matmul(share, features)
        variance = tf.matmul(share, tf.square(deviations))
        return tf.reshape(tf.sqrt(variance + _SMALLEST_VARIANCE), [-1, width])
