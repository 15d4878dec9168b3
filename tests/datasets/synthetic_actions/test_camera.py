"""Camera axes are as documented, and a point is projected as computed by hand."""

import numpy as np
import pytest

from datasets.synthetic_actions.camera import CAMERAS, FOCAL_LENGTH, LOOK_AT, Camera, project


def test_a_point_is_projected_as_by_hand():
    # 0.5 m right, 0.25 m up, 2 m away.
    pixel = project(np.array([0.5, -0.25, 2.0]))
    np.testing.assert_allclose(pixel, [FOCAL_LENGTH * 0.25, -FOCAL_LENGTH * 0.125])


def test_the_axes_are_right_down_and_away():
    front = Camera("front", azimuth=0.0, height=LOOK_AT[1], distance=3.0)
    np.testing.assert_allclose(front.from_world(LOOK_AT), [0, 0, 3], atol=1e-12)
    # The left side of a person who faces the camera is on the right of the image.
    np.testing.assert_allclose(front.from_world(LOOK_AT + [1, 0, 0]), [1, 0, 3], atol=1e-12)
    np.testing.assert_allclose(front.from_world(LOOK_AT + [0, 1, 0]), [0, -1, 3], atol=1e-12)
    np.testing.assert_allclose(front.from_world(LOOK_AT + [0, 0, 1]), [0, 0, 2], atol=1e-12)


def test_a_camera_of_positive_azimuth_stands_on_the_persons_left():
    side = Camera("side", azimuth=90.0, height=LOOK_AT[1], distance=3.0)
    np.testing.assert_allclose(side.from_world(LOOK_AT + [1, 0, 0]), [0, 0, 2], atol=1e-12)
    # Seen from the left, a person who walks forward goes to the left of the image.
    np.testing.assert_allclose(side.from_world(LOOK_AT + [0, 0, 1]), [-1, 0, 3], atol=1e-12)


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_every_camera_keeps_distances_and_looks_at_the_middle(camera):
    points = np.random.default_rng(0).normal(size=(20, 3))
    seen = camera.from_world(points)
    np.testing.assert_allclose(
        np.linalg.norm(seen[1:] - seen[:-1], axis=-1),
        np.linalg.norm(points[1:] - points[:-1], axis=-1),
    )
    np.testing.assert_allclose(camera.from_world(LOOK_AT)[:2], 0, atol=1e-12)


def test_the_cameras_see_the_person_from_different_sides():
    azimuths = sorted(camera.azimuth for camera in CAMERAS)
    assert len(CAMERAS) == 3
    assert np.diff(azimuths).min() >= 30
