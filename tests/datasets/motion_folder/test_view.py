import numpy as np
import pytest

from datasets.motion_folder.view import mirrored, project

# Facing the viewer: left hand, right hand, head, and a nose in front.
POSE = np.array([[[1, 0, 0], [-1, 0, 0], [0, -2, 0], [0, -2, -0.5]]], float)
LEFT, RIGHT = (0,), (1,)


def turned(degrees):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return POSE @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -100])
def test_the_front_is_where_the_person_looks_in_the_first_frame(degrees):
    motion = np.concatenate([turned(degrees), turned(degrees + 20)])

    found = project(motion, 0, 0, LEFT, RIGHT)

    np.testing.assert_allclose(found[0], POSE[0, :, :2], atol=1e-12)
    np.testing.assert_allclose(found[1], turned(20)[0, :, :2], atol=1e-12)


def test_the_side_shows_the_profile():
    profile = project(POSE, 90, 0, LEFT, RIGHT)[0]

    np.testing.assert_allclose(profile[:3, 0], 0, atol=1e-12)
    assert abs(profile[3, 0]) == pytest.approx(0.5)


def test_a_camera_may_look_down():
    seen = project(POSE, 0, 90, LEFT, RIGHT)[0]

    np.testing.assert_allclose(seen, [[1, 0], [-1, 0], [0, 0], [0, 0.5]], atol=1e-12)


def test_without_sides_the_axes_of_the_file_count():
    np.testing.assert_allclose(project(turned(30), 0, 0, (), ()), turned(30)[..., :2])


def test_mirroring_swaps_left_and_right():
    np.testing.assert_array_equal(mirrored(POSE, LEFT, RIGHT), POSE)
    waving = POSE.copy()
    waving[0, 0] = [1, -1, 0]
    assert mirrored(waving, LEFT, RIGHT)[0, 1].tolist() == [-1, -1, 0]
    assert mirrored(waving[..., :2], LEFT, RIGHT)[0, 1].tolist() == [-1, -1]
