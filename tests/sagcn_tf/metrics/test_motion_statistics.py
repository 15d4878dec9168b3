from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagcn_tf.metrics import motion_statistics as statistics


def clips(seed, m=4, frames=5, joints=3, dimensions=2):
    return np.random.default_rng(seed).standard_normal((m, frames, joints, dimensions))


def line(*positions):
    """Returns the motion of one joint on the x axis, `[T, 1, 2]`."""
    return np.array([[[x, 0.0]] for x in positions])


def test_speed_is_the_mean_displacement_per_frame():
    assert statistics.speed(line(0, 3, 4)) == 2
    still_and_moving = np.concatenate([line(0, 3, 4), line(7, 7, 7)], axis=1)
    assert statistics.speed(still_and_moving) == 1
    assert statistics.speed(np.array([[[0.0, 0.0]], [[3.0, 4.0]]])) == 5


def test_ground_speed_is_the_way_of_the_root_without_its_height():
    ways = np.array([[0, 9, 0], [9, 1, 0], [3, 5, 4]], np.float64)  # 5 in two steps
    motion = np.stack([ways, -ways, ways * 0], axis=1)

    assert statistics.ground_speed(motion, [0]) == statistics.ground_speed(motion, [1]) == 2.5
    assert statistics.ground_speed(motion, [0, 1]) == 0
    assert statistics.ground_speed(motion[..., :2], [0]) == 1.5


def test_acceleration_is_the_mean_second_difference():
    assert statistics.acceleration(line(0, 2, 4, 6)) == 0
    assert statistics.acceleration(line(0, 1, 4, 9)) == 2
    assert statistics.acceleration(line(0, 1, 0)) == 2


def test_bone_length_variation_of_a_stretching_bone():
    motion = np.concatenate([line(0, 0), line(1, 3)], axis=1)
    assert statistics.bone_length_variation(motion, [(0, 1)]) == 1  # lengths 1 and 3
    assert statistics.bone_length_variation(motion, [(-1, 0), (0, 1)]) == 0.5


def test_the_root_of_a_bone_lies_at_the_origin():
    assert statistics.bone_length_variation(line(-2, 4), [(-1, 0)]) == 1  # lengths 2 and 4


def test_a_rotating_rigid_body_has_no_bone_length_variation():
    angles = np.linspace(0, 3, 20)
    turn = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    motion = np.stack([turn, 2 * turn + 5], axis=1)
    assert statistics.bone_length_variation(motion, [(-1, 0)]) == pytest.approx(0, abs=1e-12)
    assert statistics.speed(motion) > 0.1


def test_statistics_keep_the_leading_axes():
    batch = np.stack([clips(0), clips(1)])  # [2, 4, T, N, D]
    bones = [(0, 1), (-1, 2)]
    for statistic in (
        statistics.speed,
        statistics.acceleration,
        lambda motion: statistics.bone_length_variation(motion, bones),
    ):
        assert statistic(batch).shape == (2, 4)
        assert statistic(batch)[1, 2] == pytest.approx(statistic(batch[1, 2]))


def test_diversity_of_three_clips_on_a_line():
    positions = np.array([0.0, 1.0, 3.0]).reshape(3, 1, 1, 1)
    assert statistics.diversity(positions) == pytest.approx((1 + 2 + 3) / 3)


def test_equal_clips_have_no_diversity():
    assert statistics.diversity(np.repeat(clips(2, m=1) + 100, 6, axis=0)) == 0


def test_nearest_distance_is_the_mean_distance_to_the_nearest_clip():
    generated = np.array([0.0, 10.0]).reshape(2, 1, 1, 1)
    training = np.array([1.0, 4.0, 13.0]).reshape(3, 1, 1, 1)
    assert statistics.nearest_distance(generated, training) == pytest.approx((1 + 3) / 2)


def test_a_memorized_clip_has_distance_0():
    training = clips(3, m=20).astype(np.float32)
    assert statistics.nearest_distance(training[[4, 11]], training) == 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16), dimensions=st.sampled_from([2, 3]))
def test_distances_match_loops(seed, dimensions):
    x, y = clips(seed, dimensions=dimensions), clips(seed + 1, m=6, dimensions=dimensions)
    pairs = [np.linalg.norm(a - b) for a, b in combinations(x, 2)]
    assert statistics.diversity(x) == pytest.approx(np.mean(pairs))
    nearest = [min(np.linalg.norm(a - b) for b in y) for a in x]
    assert statistics.nearest_distance(x, y) == pytest.approx(np.mean(nearest))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16), shift=st.floats(-50, 50))
def test_speed_matches_loops_and_ignores_the_position(seed, shift):
    motion = clips(seed)[0]
    steps = [
        np.linalg.norm(motion[t + 1, n] - motion[t, n])
        for t in range(len(motion) - 1)
        for n in range(motion.shape[1])
    ]
    assert statistics.speed(motion + shift) == pytest.approx(np.mean(steps))
