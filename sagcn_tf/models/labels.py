"""Labels as a Keras user gives them."""

import tensorflow as tf


def one_hot_labels(label, num_classes):
    """Converts labels to shares of the classes, such as one-hot labels.

    Args:
        label: Class numbers, `[batch]` or `[batch, 1]`, as for Keras' sparse losses; or one-hot
            labels or other shares of the classes, `[batch, C]`, or one per frame, `[batch, T, C]`.
        num_classes: Number of classes C.

    Returns:
        float32 `[batch, C]` or `[batch, T, C]`.

    Raises:
        ValueError: If `label` has another shape.
        tf.errors.InvalidArgumentError: If a class number is not from 0 to C - 1.
    """
    label = tf.convert_to_tensor(label)
    if label.shape.rank == 2 and label.shape[-1] == 1 < num_classes:
        label = label[:, 0]
    if label.shape.rank == 1:
        label = tf.cast(label, tf.int32)
        known = tf.logical_and(label >= 0, label < num_classes)
        message = f"class numbers must be from 0 to {num_classes - 1}"
        with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(known), [message, label])]):
            return tf.one_hot(label, num_classes)
    if label.shape.rank not in (2, 3) or label.shape[-1] != num_classes:
        raise ValueError(
            "labels must be class numbers [batch] or shares of the classes "
            f"[batch, {num_classes}], received shape {tuple(label.shape)}"
        )
    return tf.cast(label, tf.float32)
