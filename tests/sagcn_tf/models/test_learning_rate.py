"""The learning rate schedule."""

import keras
import numpy as np
import pytest

from sagcn_tf.models.learning_rate import ConstantThenLinear


@pytest.mark.parametrize(
    "step, rate", [(0, 0.4), (60, 0.4), (70, 0.3), (90, 0.1), (99, 0.01), (100, 0.0), (500, 0.0)]
)
def test_it_is_constant_and_then_falls_to_zero_at_the_last_step(step, rate):
    np.testing.assert_allclose(ConstantThenLinear(0.4, 100, 0.6)(step), rate, atol=1e-7)


def test_an_optimizer_follows_it():
    weight = keras.Variable(0.0)
    optimizer = keras.optimizers.SGD(ConstantThenLinear(1.0, steps=4, decay_from=0.5))
    positions = []
    for _ in range(6):
        optimizer.apply([np.float32(-1.0)], [weight])
        positions.append(float(weight.value))
    np.testing.assert_allclose(positions, [1.0, 2.0, 3.0, 3.5, 3.5, 3.5])


def test_it_comes_back_from_its_configuration():
    schedule = ConstantThenLinear(0.4, 100, 0.6)
    twin = ConstantThenLinear.from_config(schedule.get_config())
    assert twin.get_config() == schedule.get_config()
