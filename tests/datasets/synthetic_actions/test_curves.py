"""Curves pass through their key poses, stay between them, and are smooth."""

import numpy as np
import pytest

from datasets.synthetic_actions import curves

TIMES = np.array([0.5, 1.0, 1.1, 2.0])
POSES = np.array([[0.0, 5.0], [40.0, 5.0], [40.0, 9.0], [-20.0, 12.0]])


def test_key_poses_are_reached_in_time_and_held_before_and_after():
    motion = curves.through_key_poses(TIMES, POSES, frames=150, delays=[0.0, 0.0])
    np.testing.assert_allclose(motion[np.rint(TIMES * 50).astype(int)], POSES, atol=1e-9)
    np.testing.assert_array_equal(motion[:25], np.broadcast_to(POSES[0], (25, 2)))
    np.testing.assert_allclose(motion[101:], np.broadcast_to(POSES[-1], (49, 2)))


def test_no_angle_leaves_the_range_of_the_key_poses_around_it():
    motion = curves.through_key_poses(TIMES, POSES, frames=150, delays=[0.0, 0.0])
    assert motion[:51, 0].max() <= 40 and motion[:51, 0].min() >= 0
    assert np.all(np.diff(motion[:, 1]) >= 0)
    np.testing.assert_allclose(motion[50:56, 0], 40)


def test_a_delayed_angle_makes_the_same_movement_later():
    motion = curves.through_key_poses(TIMES, POSES, frames=150, delays=[0.0, 0.1])
    prompt = curves.through_key_poses(TIMES, POSES, frames=150, delays=[0.0, 0.0])
    np.testing.assert_allclose(motion[5:, 1], prompt[:-5, 1])
    np.testing.assert_allclose(motion[:, 0], prompt[:, 0])


def test_a_cyclic_curve_closes():
    knots = {0.0: 10.0, 0.5: 30.0}
    phase = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 3.25])
    np.testing.assert_allclose(curves.cyclic(phase, knots), [10, 20, 30, 20, 10, 20])


def test_a_pulse_is_one_between_its_ramps_and_zero_outside():
    pulse = curves.pulse(200, start=1.0, end=3.0, ramp=0.4)
    assert pulse[50] == pytest.approx(0.5) and pulse[150] == pytest.approx(0.5)
    np.testing.assert_array_equal(pulse[:40], 0)
    np.testing.assert_allclose(pulse[61:140], 1)


def test_smoothing_rounds_off_a_step_without_overshoot():
    step = np.repeat([[0.0], [1.0]], 50, axis=0)
    smooth = curves.smoothed(step, seconds=0.05)
    assert np.all(np.diff(smooth[:, 0]) >= 0)
    assert np.diff(smooth[:, 0]).max() < 0.2
    assert smooth[0, 0] == 0 and smooth[-1, 0] == pytest.approx(1)


def test_wandering_moves_but_never_further_than_allowed():
    sway = curves.wandering(np.random.default_rng(3), frames=1000, dof=40, largest=2.0)
    assert np.abs(sway).max() <= 2.0
    assert np.all(sway.std(axis=0) > 0.05)
