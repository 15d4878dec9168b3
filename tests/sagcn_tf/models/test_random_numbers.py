import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.random_numbers import random_numbers


@pytest.mark.parametrize("shape", [[3], [5, 7], [2, 3, 4]])
def test_the_numbers_are_those_of_tensorflow_with_and_without_xla(shape):
    seed = tf.constant([3, 2**31 - 1])

    def draw(seed):
        return random_numbers(shape, seed), random_numbers(shape, seed, normal=False)

    expected = [
        of(shape, seed, alg="philox")
        for of in (tf.random.stateless_normal, tf.random.stateless_uniform)
    ]
    for function in (draw, tf.function(draw, jit_compile=True)):
        normal, uniform = function(seed)
        np.testing.assert_allclose(normal, expected[0], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(uniform, expected[1])
