"""How the Skeleton systems see the class: beside whatever they see of each frame."""

import tensorflow as tf


def with_label(features, label):
    """Adds the label to each step of a sequence.

    Args:
        features: `[batch, steps, F]`.
        label: `[batch, C]`, one-hot or any point of the simplex.

    Returns:
        `[batch, steps, F + C]`.
    """
    label = tf.repeat(label[:, None], tf.shape(features)[1], axis=1)  # [batch, steps, C]
    return tf.concat([features, label], axis=-1)
