"""Weights of a network, as checkpoints store them."""

import tensorflow as tf

# What TensorFlow raises for a checkpoint that is damaged or of another network.
DAMAGE = (tf.errors.OpError, AssertionError, LookupError, ValueError)


def weights_of(network) -> list:
    """Returns the weights of a network in the form that `tf.train.Checkpoint` expects.

    Given the network itself, it would skip all layers in lists and dictionaries.
    """
    return [weight.value for weight in network.weights]
