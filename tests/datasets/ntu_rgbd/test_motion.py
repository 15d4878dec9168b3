import numpy as np
import pytest

from datasets.ntu_rgbd import motion
from datasets.ntu_rgbd.main_actor import ROOT
from tests.datasets.ntu_rgbd.bodies import STANDING, moving, pixels_of

HEAD, LEFT_HAND, RIGHT_HAND, LEFT_FOOT = 3, 7, 11, 15


def jumping(length):
    positions = moving(length)
    positions[:, :, 1] += 0.3 * np.sin(np.arange(length) / length * np.pi)[:, None]
    return positions


def test_space_motion_is_meters_from_where_the_spine_base_starts():
    positions = jumping(6)

    result = motion.space_motion(positions)

    np.testing.assert_array_equal(result[0, ROOT], 0)
    np.testing.assert_allclose(result[4, HEAD], [0, -0.75 - 0.3 * np.sin(4 / 6 * np.pi), 0])


def test_a_jump_stays_in_both_kinds_of_motion():
    positions = jumping(8)

    for result in (
        motion.space_motion(positions),
        motion.image_motion(positions, pixels_of(positions)),
    ):
        assert result[4, ROOT, 1] < result[1, ROOT, 1] < 0  # y points down


def test_in_space_the_left_hand_of_someone_facing_the_sensor_is_to_its_right():
    result = motion.space_motion(STANDING[None])

    assert result[0, LEFT_HAND, 0] > 0 > result[0, RIGHT_HAND, 0]
    assert result[0, HEAD, 1] < 0 < result[0, LEFT_FOOT, 1]


def test_the_color_image_is_a_mirror_image():
    result = motion.image_motion(STANDING[None], pixels_of(STANDING[None]))

    assert result[0, LEFT_HAND, 0] < 0 < result[0, RIGHT_HAND, 0]
    assert result[0, HEAD, 1] < 0 < result[0, LEFT_FOOT, 1]


def test_image_motion_of_a_joint_computed_by_hand():
    positions, pixels = STANDING[None], np.zeros((1, 25, 2))
    pixels[0, ROOT], pixels[0, HEAD] = [1000, 500], [1010, 280]

    result = motion.image_motion(positions, pixels)  # 3 m away

    np.testing.assert_allclose(result[0, HEAD], [30, -660])


def test_people_are_as_large_wherever_they_stand():
    # Everything is in the plane of the spine base, so that perspective has no other effect.
    near, far = STANDING[None], STANDING[None] + [0.5, 0, 2]

    np.testing.assert_allclose(
        motion.image_motion(near, pixels_of(near)),
        motion.image_motion(far, pixels_of(far)),
        atol=1e-9,
    )


@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf, 2e4])
def test_pixels_that_the_camera_does_not_see_are_interpolated(gap):
    positions = moving(10)
    pixels = pixels_of(positions)
    pixels[:, LEFT_HAND] = np.arange(20).reshape(10, 2) + 900.0
    expected = motion.image_motion(positions, pixels)
    pixels[3:6, LEFT_HAND, 0] = gap

    np.testing.assert_allclose(motion.image_motion(positions, pixels), expected)


def test_joints_that_the_camera_never_sees_are_projected():
    positions = moving(10)
    pixels = pixels_of(positions)
    expected = motion.image_motion(positions, pixels)
    pixels[:, [HEAD, LEFT_HAND]] = np.nan

    result = motion.image_motion(positions, pixels)

    # The focal length of the sensor's data sheet is that of the tests' camera within a percent.
    np.testing.assert_allclose(result, expected, rtol=0.01, atol=1)


def test_a_clip_without_any_pixel_is_projected():
    positions = jumping(10)
    expected = motion.image_motion(positions, pixels_of(positions))

    result = motion.image_motion(positions, np.full((10, 25, 2), np.nan))

    np.testing.assert_allclose(result, expected, rtol=0.01, atol=1e-6)


def test_depth_is_that_of_the_spine_base_at_first():
    positions = moving(5)
    positions[0, ROOT, 2] = 2.5

    assert motion.depth(positions) == 2.5


def test_interpolation_is_linear_inside_and_constant_at_the_ends():
    nan = np.nan
    values = np.array([[nan, nan, 2], [1, nan, 4], [nan, nan, nan], [nan, nan, 0], [4, nan, 1.0]])

    np.testing.assert_array_equal(
        motion.interpolate(values),
        [[1, nan, 2], [1, nan, 4], [2, nan, 2], [3, nan, 0], [4, nan, 1]],
    )
