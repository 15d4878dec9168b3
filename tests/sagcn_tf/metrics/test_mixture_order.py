import numpy as np
import pytest

from sagcn_tf.metrics.mixture_order import mixture_order

SPREAD = np.random.default_rng(0).normal(scale=0.3, size=[6, 100])
STEPS = np.arange(6.0)[:, None]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_gradual_transition_has_order_1_in_both_directions(sign):
    order = mixture_order(sign * (2 * STEPS + SPREAD))

    assert order.correlation == pytest.approx(1.0)
    np.testing.assert_allclose(order.modes, 2 * STEPS[:, 0], atol=0.5) if sign > 0 else None
    assert np.all(np.diff(order.modes) > 0)
    assert order.counts.sum() == SPREAD.size


def test_a_jump_in_the_middle_is_no_order_of_all_steps():
    jump = mixture_order(np.where(STEPS < 3, 0.0, 10.0) + SPREAD * 0)
    back_and_forth = mixture_order(np.array([[0.0], [9], [1], [8], [2], [10]]) + SPREAD)

    assert 0.8 < jump.correlation < 0.95
    assert back_and_forth.correlation < 0.8


def test_outliers_do_not_move_the_mode_and_equal_clips_have_no_order():
    places = 2 * STEPS + SPREAD
    places[:, ::10] = -20.0  # the mean is no longer in order of magnitude, the mode is

    assert mixture_order(places).correlation == pytest.approx(1.0)
    assert np.isnan(mixture_order(np.zeros([6, 10])).correlation)
