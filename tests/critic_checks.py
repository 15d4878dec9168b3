"""Checks that all discriminators of SA-GCN pass."""

import numpy as np
import tensorflow as tf


def assert_the_class_matters(network, inputs):
    """Checks that other labels change every logit of `inputs`, `(clips or frames, label)`."""
    clips, label = inputs
    change = network((clips, np.roll(label, 1, axis=1))) - network(inputs)
    assert np.abs(change).min() > 1e-3


def assert_close_under_mixed_precision(mixed, exact, inputs, computed_in_bfloat16):
    """Compares logits with those in float32.

    Args:
        mixed: the network under mixed precision.
        exact: the same in float32.
        inputs: `(clips or frames, label)`.
        computed_in_bfloat16: a layer of `mixed`.
    """
    mixed.set_weights(exact.get_weights())
    logits, expected = mixed(inputs), exact(inputs)
    assert logits.dtype == tf.float32
    assert computed_in_bfloat16.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in mixed.weights} == {"float32"}
    assert 0 < np.abs(logits - expected).max() < 0.05 * np.abs(expected).max()
