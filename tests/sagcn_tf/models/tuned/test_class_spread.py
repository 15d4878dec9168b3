import numpy as np
import tensorflow as tf

from sagcn_tf.models.tuned.class_spread import ClassSpread

LABELS = np.array([0, 2, 0, 1, 2, 0])


def test_it_is_the_deviation_over_the_clips_of_the_class():
    hidden = np.random.default_rng(0).normal(size=[6, 7]).astype(np.float32)

    spread = ClassSpread()(hidden, np.eye(3, dtype=np.float32)[LABELS])

    expected = np.stack([np.sqrt(hidden[c == LABELS].var(axis=0) + 1e-4) for c in LABELS])
    np.testing.assert_allclose(spread, expected, rtol=1e-5)
    np.testing.assert_allclose(spread[3], 1e-2)  # alone in its class


def test_sets_are_measured_separately():
    rng = np.random.default_rng(1)
    real, fake = (scale * rng.normal(size=[6, 7]).astype(np.float32) for scale in (1, 9))
    label = np.eye(3, dtype=np.float32)[LABELS]
    layer = ClassSpread()

    both = layer(np.concatenate([real, fake]), np.concatenate([label, label]), sets=2)

    np.testing.assert_allclose(both, tf.concat([layer(real, label), layer(fake, label)], axis=0))


def test_its_gradient_is_finite_where_clips_are_equal():
    hidden, label = tf.ones([4, 3]), np.eye(2, dtype=np.float32)[[0, 0, 0, 1]]
    with tf.GradientTape() as tape:
        tape.watch(hidden)
        spread = ClassSpread()(hidden, label)

    np.testing.assert_array_equal(tape.gradient(spread, hidden), np.zeros([4, 3]))
