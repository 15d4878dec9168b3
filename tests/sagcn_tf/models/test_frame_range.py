import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.frame_range import frame_range

CLIPS = tf.constant(np.random.default_rng(0).normal(size=[2, 5, 3]), tf.float32)


@pytest.mark.parametrize(("start", "count", "end"), [(0, 4, 4), (1, 4, 5), (2, -1, 5), (1, 1, 2)])
def test_frames_and_gradients_of_both_orders_are_those_of_an_index(start, count, end):
    def derivatives(select):
        with tf.GradientTape() as outer:
            outer.watch(CLIPS)
            with tf.GradientTape() as tape:
                tape.watch(CLIPS)
                selected = select(CLIPS)
                total = tf.reduce_sum(selected**3)
            first = tape.gradient(total, CLIPS)
        return selected, first, outer.gradient(first, CLIPS)

    ours = derivatives(lambda clips: frame_range(clips, start, count))
    indexed = derivatives(lambda clips: clips[:, start:end])

    for one, other in zip(ours, indexed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_gradient_is_not_that_of_an_index():
    @tf.function(autograph=False)
    def gradient(clips):
        return tf.gradients(frame_range(clips, 1), clips)

    operations = {one.type for one in gradient.get_concrete_function(CLIPS).graph.get_operations()}
    assert "Pad" in operations and "StridedSliceGrad" not in operations
