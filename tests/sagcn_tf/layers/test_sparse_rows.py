"""Sparse rows against dense matrices."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import SparseRows, is_long
from tests import layer_checks

FRAMES, COLUMNS, ENTRIES, WIDTH = 5, 8, 3, 4


def example(seed=0, dtype="float64"):
    """Unsorted columns, fewer in some rows; values and features."""
    rng = np.random.default_rng(seed)
    columns = rng.permuted(np.tile(np.arange(COLUMNS), [2, FRAMES, 1]), axis=-1)[..., :ENTRIES]
    columns[:, 0, 1:] = columns[:, 2, 2] = -1
    values = rng.normal(size=[2, FRAMES, ENTRIES]) * (columns >= 0)
    features = rng.normal(size=[2, COLUMNS, WIDTH])
    return columns.astype("int32"), values.astype(dtype), features.astype(dtype)


def dense(columns, values):
    """The whole matrices `[batch, T, W]`."""
    matrices = np.zeros([*values.shape[:-1], COLUMNS])
    for clip, t, entry in np.ndindex(values.shape):
        if columns[clip, t, entry] >= 0:
            matrices[clip, t, columns[clip, t, entry]] = values[clip, t, entry]
    return matrices


def test_product_equals_that_of_the_dense_matrices():
    columns, values, features = example()
    product = SparseRows(columns, tf.constant(values)).matmul(tf.constant(features))
    assert product.shape == (2, FRAMES, WIDTH)
    np.testing.assert_allclose(product, dense(columns, values) @ features, rtol=1e-13, atol=1e-14)


def test_gradients_equal_finite_differences():
    columns, values, features = example()
    exists = values != 0
    values, features = tf.constant(values), tf.constant(features)
    layer_checks.assert_gradients_match(
        lambda: SparseRows(columns, values * exists).matmul(features),
        [values, features],
        lambda values, features: dense(columns, values) @ features,
        np.random.default_rng(1),
    )


def test_gradients_are_the_same_bits_each_time():
    """Sums of many numbers have the same order in all runs of the threads."""
    columns, _, _ = example()
    rng = np.random.default_rng(2)
    columns = tf.constant(np.repeat(columns, 100, axis=1))
    values, features = (
        tf.constant(rng.normal(size=shape), tf.float32)
        for shape in ([2, 100 * FRAMES, ENTRIES], [2, COLUMNS, 30 * 64])
    )

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            tape.watch([values, features])
            product = SparseRows(columns, values).matmul(features)
        return tape.gradient(product, [values, features], output_gradients=tf.sin(product))

    first = gradients()
    for _ in range(3):
        for one, again in zip(first, gradients(), strict=True):
            np.testing.assert_array_equal(one, again)


def test_bfloat16_features_are_summed_in_float32():
    columns = np.arange(COLUMNS, dtype="int32")[None, None]
    values = tf.fill([1, 1, COLUMNS], 1.0)
    features = tf.constant([[256.0], *[[1.0]] * (COLUMNS - 1)], tf.bfloat16)[None]
    product = SparseRows(columns, values).matmul(features)
    assert product.dtype == tf.bfloat16
    # In bfloat16, 256 + 1 is 256, and the sum would be as well.
    assert float(product[0, 0, 0]) == 264.0  # 263 rounded


@pytest.mark.parametrize(
    ("frames", "top_k", "long"),
    [(50, 0, False), (50, 5, False), (200, 5, True), (3200, 5, True), (3200, 3200, False)],
)
def test_clips_are_long_that_have_many_frames_for_each_that_is_kept(frames, top_k, long):
    assert is_long(frames, top_k) == long
