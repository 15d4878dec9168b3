"""Writes binary glTF and reads it by other means: trimesh, and a few lines for animations."""

import json
import struct

import numpy as np
import pytest
import trimesh
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from sagcn_tf.generation.glb import write_glb
from sagcn_tf.generation.rig import Rig
from sagcn_tf.generation.rig_fit import fit, joint_places
from tests.bodies import SQUARE
from tests.rigs import NAMES, PARENTS, dancing, places_of, skeleton, source, to_motion

MOTION = to_motion(places_of(*dancing()))
TITLES = ["waving, seed 0", "waving, seed 1"]
RIG = Rig.from_source(source(), skeleton(), floor="frame")
_TYPES = {5126: "<f4", 5123: "<u2", 5125: "<u4"}
_SIZES = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """The scene and the numbers of a file."""

    def __init__(self, path):
        content = path.read_bytes()
        magic, version, length = struct.unpack_from("<4sII", content)
        assert (magic, version, length) == (b"glTF", 2, len(content))
        size, kind = struct.unpack_from("<I4s", content, 12)
        self.scene = json.loads(content[20 : 20 + size])
        self._numbers = content[28 + size :]
        assert kind == b"JSON" and struct.unpack_from("<I4s", content, 20 + size) == (
            len(self._numbers),
            b"BIN\0",
        )

    def read(self, accessor):
        found = self.scene["accessors"][accessor]
        view = self.scene["bufferViews"][found["bufferView"]]
        kind = np.dtype(_TYPES[found["componentType"]])
        assert view["byteOffset"] % 4 == 0
        assert view["byteLength"] == kind.itemsize * found["count"] * _SIZES[found["type"]]
        numbers = np.frombuffer(
            self._numbers, kind, found["count"] * _SIZES[found["type"]], view["byteOffset"]
        )
        rows = numbers.reshape(found["count"], -1)
        np.testing.assert_array_equal(rows.min(axis=0), found["min"])
        np.testing.assert_array_equal(rows.max(axis=0), found["max"])
        return rows

    def transforms(self, frame, number=0):
        """The matrices `[nodes, 4, 4]` of all nodes in a frame of an animation."""
        nodes = [dict(node) for node in self.scene["nodes"]]
        animation = self.scene["animations"][number]
        for channel in animation["channels"]:
            values = self.read(animation["samplers"][channel["sampler"]]["output"])
            nodes[channel["target"]["node"]][channel["target"]["path"]] = values[frame]
        found = np.empty((len(nodes), 4, 4))

        def visit(node, above):
            own = np.eye(4)
            turn = Rotation.from_quat(nodes[node].get("rotation", [0, 0, 0, 1])).as_matrix()
            own[:3, :3] = turn * nodes[node].get("scale", 1.0)
            own[:3, 3] = nodes[node].get("translation", 0.0)
            found[node] = above @ own
            for child in nodes[node].get("children", []):
                visit(child, found[node])

        for root in self.scene["scenes"][0]["nodes"]:
            visit(root, np.eye(4))
        return found


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("glb") / "x.glb"
    write_glb(path, [MOTION, MOTION[::-1]], RIG, skeleton(), 30, "centimeter", TITLES)
    return path


@pytest.fixture(scope="module")
def glb(path):
    return Glb(path)


def joints_of(glb):
    return glb.scene["skins"][0]["joints"]


def test_joints_move_as_the_rig_does_in_meters(glb):
    names = [glb.scene["nodes"][joint]["name"] for joint in joints_of(glb)]
    assert tuple(names) == NAMES
    for number, motion in enumerate((MOTION, MOTION[::-1])):
        places = joint_places(RIG, fit(RIG, motion))
        for frame in (0, 5, len(motion) - 1):
            found = glb.transforms(frame, number)[joints_of(glb), :3, 3]
            np.testing.assert_allclose(found, places[frame] / 100, atol=1e-5)


def test_every_clip_is_an_animation_with_the_times_of_its_frames(glb):
    assert [animation["name"] for animation in glb.scene["animations"]] == TITLES
    assert glb.scene["asset"]["extras"] == {"unit": "centimeter", "frame_rate": 30}
    for animation in glb.scene["animations"]:
        for sampler in animation["samplers"]:
            np.testing.assert_allclose(glb.read(sampler["input"])[:, 0], np.arange(12) / 30)


def test_the_skin_follows_the_joints(glb):
    """Each corner keeps its place relative to its joint."""
    attributes = glb.scene["meshes"][0]["primitives"][0]["attributes"]
    corners, joints = glb.read(attributes["POSITION"]), glb.read(attributes["JOINTS_0"])[:, 0]
    np.testing.assert_array_equal(glb.read(attributes["WEIGHTS_0"])[:, 0], 1)
    inverses = glb.read(glb.scene["skins"][0]["inverseBindMatrices"])
    inverses = inverses.reshape(-1, 4, 4).swapaxes(1, 2)
    moved = glb.transforms(7)[joints_of(glb)] @ inverses  # [J, 4, 4]
    skinned = np.einsum(
        "vij,vj->vi",
        moved[joints],
        np.pad(corners, ((0, 0), (0, 1)), "constant", constant_values=1),
    )
    places = joint_places(RIG, fit(RIG, MOTION))[7] / 100
    for joint, parent in enumerate(PARENTS[1:], start=1):
        own = skinned[joints == parent, :3]  # the tip of a bone is the joint below
        assert np.linalg.norm(own - places[joint], axis=1).min() < 1e-5
    assert skinned[:, 1].min() == pytest.approx(places[:, 1].min(), abs=0.1)


def test_another_library_shows_a_body_as_tall_as_a_person(path):
    scene = trimesh.load_scene(path)

    (body,) = scene.geometry.values()
    assert 1.2 < scene.extents[1] < 2.2
    assert set(NAMES) <= set(scene.graph.nodes)
    assert body.visual.vertex_attributes["color"].shape[0] == len(body.vertices)
    one = trimesh.Trimesh(body.vertices[:6], body.faces[:8], process=False)
    assert one.is_watertight and one.volume > 0  # triangles are seen from outside


@pytest.mark.parametrize(
    ("unit", "size", "scale"),
    [("millimeter", 1.0, 0.001), ("unit", 1.0, 0.01), ("unit", 0.01, 1.0), ("Meters", 0.01, 1.0)],
)
def test_the_armature_scales_to_meters(tmp_path, unit, size, scale):
    rig = Rig.from_source(source(offsets=(size * RIG.offsets).tolist()), skeleton(), floor="frame")

    write_glb(tmp_path / "x.glb", [size * MOTION], rig, skeleton(), 30, unit, ["x"])

    assert Glb(tmp_path / "x.glb").scene["nodes"][0]["scale"] == pytest.approx([scale] * 3)


def test_a_stand_above_the_body_is_not_drawn(tmp_path):
    """`tests.rigs` below a joint `Reference`, which lies on the floor."""
    given = source()["rig"]
    above = {
        "joints": ["Reference", *NAMES],
        "parents": [-1, *(parent + 1 for parent in PARENTS)],
        "offsets": [[0, 0, 0], *given["offsets"]],
        "channels": [given["channels"][0], *given["channels"]],
        "ends": [],
        "pose": [[0, 0, 0, 1], *given["pose"]],
    }
    rig = Rig.from_source(source(**above), skeleton(), floor="frame")

    write_glb(tmp_path / "x.glb", [MOTION], rig, skeleton(), 30, "centimeter", ["x"])

    glb = Glb(tmp_path / "x.glb")
    attributes = glb.scene["meshes"][0]["primitives"][0]["attributes"]
    assert 0 not in glb.read(attributes["JOINTS_0"])[:, 0]


@pytest.mark.parametrize("up", ["-y", "+z"])
def test_the_armature_turns_the_axes_of_the_file(tmp_path, up):
    rig = Rig.from_source(source(up=up), skeleton(), floor="frame")

    write_glb(tmp_path / "x.glb", [MOTION], rig, skeleton(), 30, "centimeter", ["x"])

    found = Glb(tmp_path / "x.glb").transforms(3)[2:, :3, 3]
    expected = joint_places(RIG, fit(RIG, MOTION))[3] / 100
    np.testing.assert_allclose(found - found[:1], expected - expected[:1], atol=5e-3)


@given(
    coordinates=st.lists(st.floats(-3000, 3000, width=32) | st.just(0.0), min_size=24, max_size=24)
)
@example(coordinates=[0.0] * 21 + [1000.0, 1e-39, 0.0])  # a body that lies
@settings(max_examples=25, deadline=None)
def test_any_motion_gives_finite_numbers(tmp_path_factory, coordinates):
    motion = np.reshape(coordinates, (1, 2, 4, 3))
    rig = Rig.from_motion(motion, SQUARE, floor="frame")
    path = tmp_path_factory.getbasetemp() / "any.glb"

    write_glb(path, motion, rig, SQUARE, 30, "unit", ["x"])

    glb = Glb(path)
    for accessor in range(len(glb.scene["accessors"])):
        assert np.isfinite(glb.read(accessor)).all()
