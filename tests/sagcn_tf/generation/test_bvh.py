"""Writes BVH files and reads them again."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from datasets.motion_folder.bvh import read_bvh
from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.generation.bvh import write_bvh
from sagcn_tf.generation.rig import Rig
from sagcn_tf.generation.rig_fit import fit, joint_places
from sagcn_tf.skeleton import Skeleton
from tests.bodies import SQUARE
from tests.bvh_folder import JOINTS, bvh_text
from tests.rigs import NAMES, PARENTS, dancing, places_of, skeleton, source, to_motion

BODIES = {"15": Skeleton.from_metadata(HUMAN36M_15), "25": Skeleton.from_metadata(NTU_25)}
PLACES = places_of(*dancing())
MOTION = to_motion(PLACES)
HEIGHT = 170.0


def own_rig(**others):
    return Rig.from_source(source(**others), skeleton(), floor="frame")


def written(path, motion, rig, *rates):
    write_bvh(path, motion, rig, *(rates or [30]))
    return read_bvh(path)


def relative(places):
    return places - places[:, :1]


def bones(places, parents):
    parents = list(parents[1:])
    return np.linalg.norm(places[:, 1:] - places[:, parents], axis=-1)


@pytest.mark.parametrize("order", ["ZYX", "XYZ", "YXZ"])
def test_a_user_file_comes_back(tmp_path, order):
    """With its names, hierarchy, order of channels, rate, and joints within 1% of the height."""
    (tmp_path / "user.bvh").write_text(bvh_text("stepping", frames=30, seed=3, order=order))
    user = read_bvh(tmp_path / "user.bvh")
    turning = [f"{axis}rotation" for axis in order]
    channels = [["Xposition", "Yposition", "Zposition", *turning], *[turning] * 21]

    again = written(
        tmp_path / "ours.bvh", to_motion(user.positions), own_rig(channels=channels), 30
    )

    heads = [(tmp_path / name).read_text().split("MOTION")[0] for name in ("user.bvh", "ours.bvh")]
    kept = [re.findall(r"(?:ROOT|JOINT|CHANNELS).*", head) for head in heads]
    assert kept[0] == kept[1]
    assert again.joints == user.joints and again.frame_rate == pytest.approx(30)
    errors = np.abs(relative(again.positions) - relative(user.positions))
    assert errors.max() < 1e-3 * HEIGHT
    np.testing.assert_allclose(again.positions[..., 1].min(axis=1), 0, atol=1e-3)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_without_a_rig_gets_bones_of_fixed_lengths(tmp_path, name):
    skeleton = BODIES[name]
    rng = np.random.default_rng(0)
    motion = rng.normal(size=(1, skeleton.num_joints, 3)) * 300
    motion = motion + np.cumsum(rng.normal(scale=5, size=(9, *motion.shape[1:])), axis=0)
    rig = Rig.from_motion(motion[None], skeleton, floor="frame")

    bvh = written(tmp_path / "x.bvh", motion, rig)

    lengths = bones(bvh.positions, rig.parents)
    np.testing.assert_allclose(lengths, np.tile(lengths[:1], (9, 1)), rtol=1e-4)
    assert set(skeleton.joints) <= set(bvh.joints)
    assert [path.name for path in tmp_path.iterdir()] == ["x.bvh"]


def test_channels_are_angles_about_the_axes_in_their_order(tmp_path):
    """Forward kinematics from the text of the file, by other means than the reader's."""
    rig = own_rig()
    write_bvh(tmp_path / "x.bvh", MOTION, rig, 30)
    rows = (tmp_path / "x.bvh").read_text().split("Frame Time: 0.033333333\n")[1]
    values = np.array([row.split() for row in rows.splitlines()], np.float64)
    angles = np.concatenate([values[:, 3:6], values[:, 6:]], axis=1).reshape(-1, 3)

    turns = Rotation.from_euler("ZXY", angles, degrees=True).as_matrix()
    places = places_of(turns.reshape(len(values), len(NAMES), 3, 3), values[:, :3])

    np.testing.assert_allclose(places, joint_places(rig, fit(rig, MOTION)), atol=1e-4)


def test_frames_in_between_are_interpolated_at_the_rate_of_the_recordings(tmp_path):
    bvh = written(tmp_path / "x.bvh", MOTION[::2], own_rig(), 15, 30)

    assert bvh.frame_rate == pytest.approx(30) and len(bvh.positions) == 2 * len(MOTION[::2]) - 1
    exact = relative(bvh.positions)[::2] - relative(PLACES)[::2]
    assert np.abs(exact).max() < 1e-3 * HEIGHT
    between = relative(bvh.positions)[1::2] - relative(PLACES)[1 : len(bvh.positions) : 2]
    assert np.abs(between).max() < 0.02 * HEIGHT


def test_angles_do_not_jump_from_180_to_minus_180(tmp_path):
    turns = np.tile(np.eye(3), (20, len(NAMES), 1, 1))
    turns[:, 0] = Rotation.from_euler("Y", np.linspace(0, 700, 20)[:, None], True).as_matrix()
    motion = to_motion(places_of(turns, np.zeros((20, 3))))

    write_bvh(tmp_path / "x.bvh", motion, own_rig(), 30)

    rows = np.loadtxt((tmp_path / "x.bvh").read_text().splitlines()[-20:])
    assert np.abs(np.diff(rows, axis=0)).max() < 60
    assert np.ptp(rows[:, 5]) == pytest.approx(700, abs=1)


def test_joints_that_must_turn_or_move_get_the_channels_that_they_lack(tmp_path):
    bare = [["Yrotation"], *[[]] * (len(NAMES) - 1)]

    bvh = written(tmp_path / "x.bvh", MOTION, own_rig(channels=bare))

    assert np.abs(relative(bvh.positions) - relative(PLACES)).max() < 1e-3 * HEIGHT
    text = (tmp_path / "x.bvh").read_text()
    assert "CHANNELS 6 Xposition Yposition Zposition Yrotation Zrotation Xrotation" in text


def test_people_stand_upright_and_face_the_viewer(tmp_path):
    """Files of bodies without a rig have y up and z towards the viewer."""
    motion = np.zeros((2, 15, 3))
    motion[:, BODIES["15"].joints.index("Head")] = [10, -700, -50]  # above, and nearer

    rig = Rig.from_motion(motion[None], BODIES["15"], floor="frame")
    bvh = written(tmp_path / "x.bvh", motion, rig)

    np.testing.assert_allclose(bvh.positions[0, bvh.joints.index("Head")], [10, 700, 50], atol=0.01)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_the_number_of_digits_depends_on_the_size(tmp_path, size):
    skeleton = BODIES["25"]
    motion = size * np.random.default_rng(0).normal(size=(3, 25, 3))
    rig = Rig.from_motion(motion[None], skeleton, floor="frame")

    bvh = written(tmp_path / "x.bvh", motion, rig)

    expected = joint_places(rig, fit(rig, motion))
    assert np.abs(bvh.positions - expected).max() < 1e-4 * size
    assert not re.search("[0-9]e[-+]", (tmp_path / "x.bvh").read_text())


@given(
    coordinates=st.lists(st.floats(-3000, 3000, width=32) | st.just(0.0), min_size=24, max_size=24)
)
@settings(max_examples=40, deadline=None)
def test_any_motion_can_be_read_again(tmp_path_factory, coordinates):
    motion = np.reshape(coordinates, (2, 4, 3))  # including bones of length 0
    rig = Rig.from_motion(motion[None], SQUARE, floor="clip")

    bvh = written(tmp_path_factory.getbasetemp() / "any.bvh", motion, rig)

    assert bvh.joints == ("a", "b", "c", "d")
    expected = joint_places(rig, fit(rig, motion))
    np.testing.assert_allclose(bvh.positions, expected, atol=0.01)


def test_all_joints_of_a_user_are_written(tmp_path):
    """Also those that the motion does not have."""
    few = [joint for joint in JOINTS if not joint.startswith("LeftT")]
    chosen = [NAMES.index(joint) for joint in few]
    rig = Rig.from_source(source(), skeleton(few), floor="frame")

    bvh = written(tmp_path / "x.bvh", MOTION[:, chosen], rig)

    assert bvh.joints == NAMES and bvh.rig.parents == PARENTS
    errors = relative(bvh.positions)[:, chosen] - relative(PLACES)[:, chosen]
    assert np.abs(errors).max() < 1e-3 * HEIGHT
