"""Checks of requests inside the served graph: INVALID_ARGUMENT, and which rows are wrong.

They stay in a SavedModel, whatever serves it. A server fails the whole call: all rows of the
request and, where it merges requests of several clients, all that were merged.
"""

import tensorflow as tf

WEIGHT_TOLERANCE = 1e-3
_ROWS_SHOWN = 5


def checked_label(name, label, classes):
    """Returns `label` int32 `[B]`, refused where it is not a class number from 0 to C - 1."""
    label = tf.ensure_shape(label, [None])
    wrong = (label < 0) | (label >= classes)
    return _refuse(label, wrong, f"{name} must be a class number from 0 to {classes - 1}")


def checked_weights(name, weights, classes):
    """Returns `weights` `[B, C]`, refused where a row is no mixture of classes (equation 8)."""
    weights = tf.ensure_shape(weights, [None, classes])
    total = tf.reduce_sum(weights, axis=-1)
    # NaN fails every comparison.
    right = tf.reduce_all(weights >= 0, axis=-1) & (tf.abs(total - 1) <= WEIGHT_TOLERANCE)
    return _refuse(weights, ~right, f"{name} must be 0 or more and sum to 1 in each row")


def checked_motion(name, motion):
    """Returns `motion` `[B, T, N, D]`, refused where a row holds NaN or infinity."""
    wrong = ~tf.reduce_all(tf.math.is_finite(motion), axis=(1, 2, 3))
    rows = tf.where(wrong)[:, 0]
    message = tf.strings.format(f"{name} must be finite; NaN or infinity in rows {{}}", (rows,))
    check = tf.debugging.Assert(tf.equal(tf.size(rows), 0), [message])
    with tf.control_dependencies([check]):
        return tf.identity(motion)


def checked_rows(seed, **others):
    """Returns `seed` `[B]`, refused where another input has another number of rows."""
    seed, checks = tf.ensure_shape(seed, [None]), []
    for name, other in others.items():
        rows = tf.shape(other)[0], tf.shape(seed)[0]
        message = tf.strings.format(f"{name} has {{}} rows, seed {{}}: expected as many", rows)
        checks.append(tf.debugging.Assert(tf.equal(*rows), [message]))
    with tf.control_dependencies(checks):
        return tf.identity(seed)


def _refuse(values, wrong, expected):
    """`values`, once no row is wrong: nothing is computed from a request that is refused."""
    rows = tf.where(wrong)[:, 0]
    shown = rows[:_ROWS_SHOWN]
    message = tf.strings.format(
        f"{expected}; received in rows {{}}: {{}}", (shown, tf.gather(values, shown))
    )
    check = tf.debugging.Assert(tf.equal(tf.size(rows), 0), [message])
    with tf.control_dependencies([check]):
        return tf.identity(values)
