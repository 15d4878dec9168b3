"""Sums over time as matrix products against the recurrence that defines them."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models import decaying_sum as module
from sagcn_tf.models.decaying_sum import decaying_sum
from tests import layer_checks


def by_recurrence(inputs, decay, weights):
    total, sums = 0.0, []
    for t in range(inputs.shape[1]):
        total = weights[t] * inputs[:, t] + decay * total
        sums.append(total)
    return np.stack(sums, axis=1)


@pytest.mark.parametrize("frames", [1, 4, 5, 8, 9, 23])
@pytest.mark.parametrize("decay", [0.0, 0.9, 1.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_the_recurrence_in_one_product_and_in_parts(monkeypatch, frames, decay, weighted):
    """With parts of four frames, 23 frames are six parts, whose sums are summed in parts again."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=[2, frames, 3])
    weights = rng.uniform(size=frames) if weighted else None
    expected = by_recurrence(inputs, decay, np.ones(frames) if weights is None else weights)
    np.testing.assert_allclose(decaying_sum(tf.constant(inputs), decay, weights), expected)
    monkeypatch.setattr(module, "_FRAMES_AT_ONCE", 4)
    np.testing.assert_allclose(decaying_sum(tf.constant(inputs), decay, weights), expected)


def test_largest_tensor_grows_linearly_with_the_clip():
    def largest(frames):
        inputs = np.zeros([1, frames, 3], np.float32)
        return layer_checks.largest_tensor(lambda inputs: decaying_sum(inputs, 0.9), inputs)

    assert largest(2**15) == 2 * largest(2**14) < (2**15) ** 2 / 100
