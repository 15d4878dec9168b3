import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sagcn_tf.figures import pose
from tests.bodies import SKELETON, SQUARE, SQUARE_MOTION, wave


def test_bones_may_end_at_the_root():
    points = pose.image_points(wave(2), SKELETON)

    ends = pose.bone_ends(points, SKELETON)

    assert points.shape == (2, 16, 2)
    assert ends.shape == (2, 15, 2, 2)
    hip_to_right_hip = SKELETON.bones.index((-1, 0))
    np.testing.assert_array_equal(ends[1, hip_to_right_hip], [[0, 0], [-13, 0]])


def test_the_third_coordinate_is_ignored():
    motion = wave(2)
    deep = np.concatenate([motion, np.full((2, 15, 1), 7.0)], axis=-1)

    np.testing.assert_array_equal(
        pose.image_points(deep, SKELETON), pose.image_points(motion, SKELETON)
    )


def test_a_walking_body_stays_in_place_but_may_jump():
    travel = np.stack([5.0 * np.arange(4), -3.0 * np.arange(4)], axis=-1)[:, None]
    points = pose.image_points(SQUARE_MOTION + travel, SQUARE)

    in_place = pose.fix_in_place(points, SQUARE)

    np.testing.assert_array_equal(in_place[:, :4, 0], np.tile(SQUARE_MOTION[..., 0], (4, 1)))
    np.testing.assert_array_equal(in_place[..., 1], points[..., 1])


def test_a_body_with_its_root_at_the_origin_is_unchanged():
    points = pose.image_points(wave(3), SKELETON)

    np.testing.assert_array_equal(pose.fix_in_place(points, SKELETON), points)


def test_left_is_red_and_right_is_blue():
    assert np.argmax(to_rgb(pose.LEFT)) == 0
    assert np.argmax(to_rgb(pose.RIGHT)) == 2


def test_sides_have_their_colors():
    colors = dict(zip(SKELETON.bones, pose.bone_colors(SKELETON), strict=True))
    joint = SKELETON.joints.index

    assert colors[joint("LElbow"), joint("LWrist")] == pose.LEFT
    assert colors[joint("RKnee"), joint("RFoot")] == pose.RIGHT
    assert colors[joint("Thorax"), joint("RShoulder")] == pose.RIGHT
    assert colors[joint("Spine"), joint("Thorax")] == pose.MIDDLE


def test_a_head_is_found_by_name_and_has_a_realistic_size():
    points = pose.image_points(wave(3), SKELETON)

    assert pose.head(SKELETON) == 8
    assert 0.05 < pose.head_radius(points, SKELETON) / (90 + 76) < 0.08
    headless = [name.replace("Head", "Top") for name in SKELETON.joints]
    assert pose.head(dataclasses.replace(SKELETON, joints=tuple(headless))) is None


@pytest.mark.parametrize("shape", [(15, 2), (4, 14, 2), (4, 15, 4), (0, 15, 2)])
def test_a_motion_of_another_shape_is_refused(shape):
    expected = rf"\[frames, 15, 2 or 3\].*'human36m_15'.*got \[{', '.join(map(str, shape))}\]"

    with pytest.raises(ValueError, match=expected):
        pose.image_points(np.zeros(shape), SKELETON)
