"""Random numbers that XLA draws as TensorFlow does."""

import math

import tensorflow as tf

_MANTISSA_BITS = 23
# Lower bound of the argument of the logarithm.
_SMALLEST = 1e-7


def random_numbers(shape, seed, normal=True):
    """Draws numbers that depend on the seed alone, with and without XLA.

    They are those of `tf.random.stateless_normal` (up to rounding) and `stateless_uniform` with
    Philox. Under XLA, these two functions turn the same random bits into other numbers.

    Args:
        shape: Shape of the result, a list.
        seed: Two integers.
        normal: Whether to draw from a standard Gaussian (default) or uniformly from 0 to 1.

    Returns:
        float32 of the given shape.
    """
    count = tf.reduce_prod(shape)
    pairs = (count + 1) // 2
    bits = tf.random.stateless_uniform(
        [pairs, 2], seed, minval=None, maxval=None, dtype=tf.int32, alg="philox"
    )
    low_bits = tf.bitwise.bitwise_and(bits, 2**_MANTISSA_BITS - 1)
    numbers = tf.cast(low_bits, tf.float32) * 2.0**-_MANTISSA_BITS
    if normal:  # by the Box-Muller transform
        length, angle = tf.unstack(numbers, axis=1)
        length = tf.sqrt(-2.0 * tf.math.log(tf.maximum(length, _SMALLEST)))
        angle *= 2.0 * math.pi
        numbers = tf.stack([length * tf.sin(angle), length * tf.cos(angle)], axis=1)
    return tf.reshape(tf.reshape(numbers, [-1])[:count], shape)
