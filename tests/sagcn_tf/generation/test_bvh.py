"""Writes BVH files, reads them again, and compares the positions of the joints."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.motion_folder.bvh import read_bvh
from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.generation.bvh import METERS_PER_UNIT, write_bvh
from sagcn_tf.skeleton import Skeleton
from tests.bodies import SQUARE
from tests.bvh_folder import bvh_text

BODIES = {"15": Skeleton.from_metadata(HUMAN36M_15), "25": Skeleton.from_metadata(NTU_25)}
BODIES["ring"] = SQUARE
MILLIMETER = 1.0


def written(path, motion, skeleton, unit="millimeter", frame_rate=25):
    write_bvh(path, motion, skeleton, frame_rate, unit)
    return read_bvh(path)


def joints_of(bvh, skeleton, unit="millimeter"):
    """Returns the joints of a BVH file in the axes, unit and order of the data."""
    places = [bvh.joints.index(joint) for joint in skeleton.joints]
    return bvh.positions[:, places] * [1, -1, -1] / METERS_PER_UNIT.get(unit, 1.0)


def bodies_of_changing_size(skeleton, frames=20, seed=0):
    """Returns rotating bones of about 0.5 m whose lengths vary, as those of generated motion."""
    rng = np.random.default_rng(seed)
    bones = rng.normal(size=(1, skeleton.num_joints, 3))
    bones = bones + np.cumsum(rng.normal(scale=0.2, size=(frames, skeleton.num_joints, 3)), axis=0)
    bones *= 500 / np.linalg.norm(bones, axis=-1, keepdims=True)
    bones *= 1 + rng.normal(scale=0.05, size=(frames, skeleton.num_joints, 1))
    motion, parents = np.zeros_like(bones), skeleton.parents()
    for _ in parents:  # enough repetitions for the last joint of a chain
        for joint, parent in enumerate(parents):
            above = motion[:, parent] if parent is not None and parent >= 0 else 0.0
            motion[:, joint] = above + bones[:, joint]
    return motion


@pytest.mark.parametrize("name", BODIES)
def test_joints_are_accurate_to_a_hundredth_of_a_millimeter(tmp_path, name):
    skeleton = BODIES[name]
    motion = bodies_of_changing_size(skeleton)

    bvh = written(tmp_path / "x.bvh", motion, skeleton)

    found = joints_of(bvh, skeleton)
    assert np.abs(found - motion).max() < 0.01 * MILLIMETER
    assert bvh.frame_rate == pytest.approx(25)
    assert [path.name for path in tmp_path.iterdir()] == ["x.bvh"]


@given(
    coordinates=st.lists(st.floats(-3000, 3000, width=32) | st.just(0.0), min_size=24, max_size=24)
)
@settings(max_examples=60, deadline=None)
def test_any_motion_survives(tmp_path_factory, coordinates):
    motion = np.reshape(coordinates, (2, 4, 3))  # including bones of length 0 and coinciding joints
    path = tmp_path_factory.getbasetemp() / "any.bvh"

    found = joints_of(written(path, motion, SQUARE), SQUARE)

    assert np.abs(found - motion).max() < 0.02 * MILLIMETER


def test_a_user_file_survives(tmp_path):
    (tmp_path / "user.bvh").write_text(bvh_text("waving", frames=30, seed=3))
    user = read_bvh(tmp_path / "user.bvh")
    edges = tuple((parent, joint) for joint, parent in enumerate(user.rig.parents) if parent >= 0)
    skeleton = Skeleton("user", user.joints, edges, edges, (), (), 0)
    motion = user.positions * [1, -1, -1]

    again = written(tmp_path / "ours.bvh", motion, skeleton, "centimeter", user.frame_rate)

    assert again.joints == user.joints and again.rig.parents == user.rig.parents
    np.testing.assert_allclose(joints_of(again, skeleton, "centimeter"), motion, atol=1e-3)


def test_rotations_point_bones_at_their_joints(tmp_path):
    """Bones have the right directions even without the position channels."""
    skeleton = BODIES["15"]
    motion = bodies_of_changing_size(skeleton)
    write_bvh(tmp_path / "x.bvh", motion, skeleton, 25, "millimeter")
    text = (tmp_path / "x.bvh").read_text()

    head, rows = text.split("Frame Time: 0.040000000\n")
    head = head.replace("CHANNELS 6 Xposition Yposition Zposition", "CHANNELS 3")
    rows = [row.split() for row in rows.splitlines()]
    turns = [[value for i, value in enumerate(row) if i % 6 > 2] for row in rows]
    text = "\n".join([f"{head}Frame Time: 0.04", *map(" ".join, turns)])
    (tmp_path / "turns.bvh").write_text(text)

    found = joints_of(read_bvh(tmp_path / "turns.bvh"), skeleton)
    single = [
        joint for joint in range(15) if skeleton.parents().count(skeleton.parents()[joint]) == 1
    ]
    for joint in single:  # one rotation cannot align several bones of a joint
        parent = skeleton.parents()[joint]
        bones = [places[:, joint] - places[:, parent] for places in (found, motion)]
        lengths = [np.linalg.norm(bone, axis=-1) for bone in bones]
        cosines = (bones[0] * bones[1]).sum(axis=-1) / (lengths[0] * lengths[1])
        assert cosines.min() > 0.9999


def test_people_stand_upright_and_face_the_viewer(tmp_path):
    """BVH files have y up, z towards the viewer, and meters."""
    skeleton = BODIES["15"]
    motion = np.zeros((2, 15, 3))
    motion[:, skeleton.joints.index("Head")] = [10, -700, -50]  # above, and nearer to the viewer

    bvh = written(tmp_path / "x.bvh", motion, skeleton)

    np.testing.assert_allclose(
        bvh.positions[0, bvh.joints.index("Head")], [0.01, 0.7, 0.05], atol=1e-6
    )


def test_an_origin_root_becomes_a_joint(tmp_path):
    motion = bodies_of_changing_size(BODIES["15"])

    bvh = written(tmp_path / "x.bvh", motion, BODIES["15"])

    assert bvh.joints[0] == "Root" and len(bvh.joints) == 16
    assert not bvh.positions[:, 0].any()


@pytest.mark.parametrize(("unit", "size"), [("unit", 1e-3), ("unit", 1e6), ("meter", 1.0)])
def test_the_number_of_digits_depends_on_the_size(tmp_path, unit, size):
    motion = size * bodies_of_changing_size(BODIES["25"]) / 1000

    bvh = written(tmp_path / "x.bvh", motion, BODIES["25"], unit)

    assert np.abs(joints_of(bvh, BODIES["25"], unit) - motion).max() < 1e-5 * size
    assert not re.search("[0-9]e[-+]", (tmp_path / "x.bvh").read_text())


def test_spaces_in_names_become_underscores(tmp_path):
    skeleton = Skeleton("two", ("left hip", "b"), ((0, 1),), ((0, 1),), (), (), 0)

    bvh = written(tmp_path / "x.bvh", np.ones((2, 2, 3)), skeleton)

    assert bvh.joints == ("left_hip", "b")


@pytest.mark.parametrize("shape", [(5, 15, 2), (15, 3), (5, 14, 3)])
def test_motion_of_another_shape_is_refused(tmp_path, shape):
    with pytest.raises(ValueError, match=r"motion: expected \[frames, 15, 3\], got \["):
        write_bvh(tmp_path / "x.bvh", np.zeros(shape), BODIES["15"], 25, "meter")


@pytest.mark.parametrize("prefix", ["", "centi", "milli"])
def test_american_and_british_unit_names_are_equal(tmp_path, prefix):
    motion = bodies_of_changing_size(BODIES["25"])
    for name in ("meter", "metre"):
        write_bvh(tmp_path / f"{name}.bvh", motion, BODIES["25"], 25, prefix + name)
    write_bvh(tmp_path / "unscaled.bvh", motion, BODIES["25"], 25, "inch")

    american, british, unscaled = (
        read_bvh(tmp_path / f"{name}.bvh").positions for name in ("meter", "metre", "unscaled")
    )

    np.testing.assert_array_equal(american, british)
    size = {"": 1.0, "centi": 0.01, "milli": 0.001}[prefix]
    np.testing.assert_allclose(american, size * unscaled, atol=1e-5 * size * np.abs(motion).max())
