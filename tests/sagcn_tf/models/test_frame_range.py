import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.frame_range import frame_range

CLIPS = tf.constant(np.random.default_rng(0).normal(size=[2, 5, 3]), tf.float32)


@pytest.mark.parametrize(("start", "count"), [(0, 4), (1, 4), (1, 1), (0, 5)])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_frames_and_both_gradients_are_those_of_an_index(start, count, jit_compile):
    def derivatives(select):
        with tf.GradientTape() as outer:
            outer.watch(CLIPS)
            with tf.GradientTape() as tape:
                tape.watch(CLIPS)
                selected = select(CLIPS)
                total = tf.reduce_sum(selected**3)
            first = tape.gradient(total, CLIPS)
        return selected, first, outer.gradient(first, CLIPS)

    @tf.function(autograph=False, jit_compile=jit_compile)
    def ours():
        return derivatives(lambda clips: frame_range(clips, start, count))

    indexed = derivatives(lambda clips: clips[:, start : start + count])

    for one, other in zip(ours(), indexed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_the_gradient_is_not_that_of_an_index():
    @tf.function(autograph=False)
    def gradient(clips):
        return tf.gradients(frame_range(clips, 1, 4), clips)

    operations = {one.type for one in gradient.get_concrete_function(CLIPS).graph.get_operations()}
    assert "ConcatV2" in operations and "StridedSliceGrad" not in operations
