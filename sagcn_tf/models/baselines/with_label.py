"""Conditioning of the Skeleton systems on the class."""

import tensorflow as tf


def with_label(features, label):
    """Concatenates the label to the features of each time step.

    Args:
        features: `[batch, steps, F]`.
        label: `[batch, C]`, one-hot or any point of the simplex.

    Returns:
        `[batch, steps, F + C]`.
    """
    label = tf.repeat(label[:, None], tf.shape(features)[1], axis=1)  # [batch, steps, C]
    return tf.concat([features, label], axis=-1)
