import numpy as np
import pytest

from datasets.human36m.camera import Camera
from tests.datasets.human36m import dummy_archives


def camera(**changes):
    values = {
        "rotation": np.eye(3),
        "position": np.zeros(3),
        "focal_length": np.array([1000.0, 500.0]),
        "center": np.array([10.0, 20.0]),
        "radial": np.array([0.1, 0.2, 0.3]),
        "tangential": np.array([0.01, 0.02]),
    }
    return Camera(**(values | changes))


def test_what_is_above_the_camera_has_negative_y():
    along_y = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    standing = camera(rotation=along_y, position=np.array([0.0, -5000, 1000]))

    np.testing.assert_allclose(standing.from_world(np.array([300.0, 0, 1700])), [300, -700, 5000])


def test_projection_of_a_point_computed_by_hand():
    # x = .25, y = .5, r^2 = .3125; radial = 1 + .03125 + .01953125 + .0091552734375;
    # tangential = .01 y + .02 x = .01; together 1.0699365234375.
    # x: .25 * 1.0699365234375 + .02 * .3125 = .273734130859375, times 1000, plus 10
    # y: .50 * 1.0699365234375 + .01 * .3125 = .538093261718750, times 500, plus 20
    pixel = camera().project(np.array([1000.0, 2000, 4000]))

    np.testing.assert_allclose(pixel, [283.734130859375, 289.046630859375], rtol=1e-14)


@pytest.mark.parametrize("subject", [1, 11])
def test_whole_motions_agree_with_a_loop_over_points(subject):
    given = dummy_archives.calibration(subject)
    ours = camera(
        rotation=given["R"],
        position=given["T"],
        focal_length=given["f"],
        center=given["c"],
        radial=given["k"],
        tangential=given["p"],
    )
    world = np.random.default_rng(0).normal(0, 500, (4, 5, 3))
    positions, pixels = dummy_archives.seen_by(given, world)

    np.testing.assert_allclose(ours.from_world(world), positions, rtol=1e-12)
    np.testing.assert_allclose(ours.project(positions), pixels, rtol=1e-12)
