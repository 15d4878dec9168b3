"""Checks of requests in the served graph; errors are INVALID_ARGUMENT and name the wrong rows.

The checks are part of the SavedModel, so they work in any server. If one row is wrong, the whole
call fails; if the server merges requests into a batch, all merged requests fail.
"""

import tensorflow as tf

WEIGHT_TOLERANCE = 1e-3
_ROWS_SHOWN = 5


def checked_label(name, label, classes):
    """Checks that labels are class numbers from 0 to C - 1.

    Args:
        name: name of the input, for the message.
        label: int32 `[B]`.
        classes: C.

    Returns:
        The labels.
    """
    label = tf.ensure_shape(label, [None])
    wrong = (label < 0) | (label >= classes)
    return _refuse(label, wrong, f"{name} must be a class number from 0 to {classes - 1}")


def checked_weights(name, weights, classes):
    """Checks that each row is a mixture of classes (equation 8).

    Args:
        name: name of the input, for the message.
        weights: `[B, C]`.
        classes: C.

    Returns:
        The weights.
    """
    weights = tf.ensure_shape(weights, [None, classes])
    total = tf.reduce_sum(weights, axis=-1)
    # Comparisons with NaN are False, so NaN is refused.
    valid = tf.reduce_all(weights >= 0, axis=-1) & (tf.abs(total - 1) <= WEIGHT_TOLERANCE)
    return _refuse(weights, ~valid, f"{name} must be 0 or more and sum to 1 in each row")


def checked_motion(name, motion):
    """Checks that motion has no NaN or infinity.

    Args:
        name: name of the input, for the message.
        motion: `[B, T, N, D]`.

    Returns:
        The motion.
    """
    wrong = ~tf.reduce_all(tf.math.is_finite(motion), axis=(1, 2, 3))
    rows = tf.where(wrong)[:, 0]
    message = tf.strings.format(f"{name} must be finite; NaN or infinity in rows {{}}", (rows,))
    check = tf.debugging.Assert(tf.equal(tf.size(rows), 0), [message])
    with tf.control_dependencies([check]):
        return tf.identity(motion)


def checked_rows(seed, **others):
    """Checks that all inputs have the same number of rows.

    Args:
        seed: `[B]`.
        **others: the other inputs by name.

    Returns:
        The seed.
    """
    seed, checks = tf.ensure_shape(seed, [None]), []
    for name, other in others.items():
        rows = tf.shape(other)[0], tf.shape(seed)[0]
        message = tf.strings.format(
            f"{name} has {{}} rows, seed {{}}; expected the same number", rows
        )
        checks.append(tf.debugging.Assert(tf.equal(*rows), [message]))
    with tf.control_dependencies(checks):
        return tf.identity(seed)


def _refuse(values, wrong, expected):
    """Returns `values` after an assertion, so nothing is computed from a wrong request."""
    rows = tf.where(wrong)[:, 0]
    shown = rows[:_ROWS_SHOWN]
    message = tf.strings.format(
        f"{expected}; received in rows {{}}: {{}}", (shown, tf.gather(values, shown))
    )
    check = tf.debugging.Assert(tf.equal(tf.size(rows), 0), [message])
    with tf.control_dependencies([check]):
        return tf.identity(values)
