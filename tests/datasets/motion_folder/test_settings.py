import json

import pytest

from datasets.motion_folder.known_body import KNOWN_BODIES, KnownBody
from datasets.motion_folder.settings import Settings, read_settings
from datasets.raw_data_error import RawDataError

BODY = {
    "joints": ["hip", "LHand", "RHand", "head"],
    "edges": [["hip", "LHand"], [0, 2], [3, "hip"]],
}
HIERARCHY = {"Hips": None, "Chest": "Hips", "LeftArm": "Chest", "RightArm": "Chest"}
RIG = KnownBody(HIERARCHY)


def read(tmp_path, values, known=None):
    path = tmp_path / "skeleton.json"
    path.write_text(values if isinstance(values, str) else json.dumps(values))
    return read_settings(path, known)


def test_joints_and_edges_are_enough(tmp_path):
    assert read(tmp_path, BODY) == Settings(
        joints=("hip", "LHand", "RHand", "head"),
        edges=((0, 1), (0, 2), (3, 0)),
        left=(1,),
        right=(2,),
    )


def test_everything_may_be_said(tmp_path):
    given = {"frame_rate": 25, "unit": "meter", "up": "+z", "clips": "resample", "clip_stride": 4}
    given |= {"recorded_frame_rate": 100, "longest_gap": 0, "zeros": "positions", "third": "z"}
    given |= {"lowest_confidence": 0.5, "mirror": False}

    settings = read(tmp_path, {**BODY, **given, "left": ["head", 1], "right": []})

    assert {name: getattr(settings, name) for name in given} == given
    assert settings.left == (3, 1) and settings.right == ()


def test_bvh_files_need_no_description(tmp_path):
    settings = read_settings(tmp_path / "skeleton.json", RIG)

    assert settings.joints == tuple(HIERARCHY)
    assert settings.edges == ((0, 1), (1, 2), (1, 3))
    assert (settings.left, settings.right) == ((2,), (3,))


def test_some_joints_of_bvh_files_may_be_picked(tmp_path):
    settings = read(tmp_path, {"joints": ["Hips", "RightArm", "LeftArm"]}, RIG)

    assert settings.edges == ((0, 1), (0, 2))
    assert (settings.left, settings.right) == ((2,), (1,))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("", "expected a JSON file, but: "),
        ("[" * 100_000, "expected a JSON file, but: "),
        (
            "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
            "expected a JSON file, but: ",
        ),
        ([1], "expected an object with joints and edges, got"),
        ({}, r"joints: expected a list of unique names, got \[\]"),
        ({**BODY, "joints": "hip"}, "joints: expected a list"),
        ({**BODY, "joints": ["hip", 3]}, "joints: expected a list"),
        ({**BODY, "joints": ["hip", "hip"]}, "joints: expected a list of unique names"),
        ({"joints": ["hip"]}, "edges: expected a list of pairs of joints, got None"),
        ({**BODY, "edges": [["hip", "head", "LHand"]]}, "edges: expected pairs of two different"),
        ({**BODY, "edges": [["hip", 0]]}, "edges: expected pairs of two different"),
        (
            {**BODY, "edges": [["hip", "knee"]]},
            "edges: expected names or indices of joints, got 'knee'",
        ),
        ({**BODY, "edges": [["hip", 4]]}, "edges: expected names or indices of joints, got 4"),
        ({**BODY, "edges": [["hip", -1]]}, "edges: .* got -1"),
        ({**BODY, "edges": [["hip", True]]}, "edges: .* got True"),
        ({**BODY, "edges": ["hip"]}, "edges: expected a list of joints, got 'hip'"),
        ({**BODY, "left": "head"}, "left: expected a list of joints"),
        ({**BODY, "left": ["head"], "right": [3]}, "left, right: a joint is in both"),
        ({**BODY, "frame_rate": 0}, "frame_rate: expected a number above 0, got 0"),
        ({**BODY, "frame_rate": "30"}, "frame_rate: expected a number"),
        ({**BODY, "frame_rate": float("nan")}, "frame_rate: expected a number"),
        ({**BODY, "unit": 3}, "unit: expected a name"),
        ({**BODY, "body": "smpl"}, "body: expected one of coco_17, .*, got 'smpl'"),
        ({**BODY, "body": ["smpl_22"]}, "body: expected one of"),
        ({**BODY, "root": "tail"}, "root: expected names or indices of joints, got 'tail'"),
        ({**BODY, "root": 9}, "root: expected names or indices of joints, got 9"),
        ({**BODY, "longest_gap": -1}, "longest_gap: expected seconds, 0 or more, got -1"),
        ({**BODY, "zeros": 0}, "zeros: expected one of missing, positions, got 0"),
        ({**BODY, "third": "depth"}, "third: expected one of confidence, z"),
        ({**BODY, "lowest_confidence": 50}, "lowest_confidence: expected 0 to 1, got 50"),
        ({**BODY, "projection": "top"}, "projection: expected front, side, or .*, got 'top'"),
        ({**BODY, "projection": {"azimuth": "left"}}, "projection: expected front"),
        ({**BODY, "projection": {"height": 3}}, "projection: expected front"),
        ({**BODY, "projection": {"azimuth": float("nan")}}, "projection: expected front"),
        ({**BODY, "mirror": 1}, "mirror: expected true or false, got 1"),
        ({**BODY, "mirror": True, "left": [1], "right": []}, "mirror: expected as many joints"),
        ({**BODY, "up": "y"}, r"up: expected one of \+y, -y, \+z, got 'y'"),
        ({**BODY, "up": ["+y"]}, "up: expected one of"),
        ({**BODY, "clips": "crop"}, "clips: expected one of window, resample"),
        ({**BODY, "root_motion": "yes"}, "root_motion: expected true or false, got 'yes'"),
        ({**BODY, "root_motion": True, "clips": "resample"}, "root_motion: clips of whole record"),
        (
            {**BODY, "root_motion": True, "projection": {"elevation": 30}},
            "root_motion: expected a projection without elevation",
        ),
        ({**BODY, "clip_stride": 1.5}, "clip_stride: expected a whole number above 0"),
        ({**BODY, "framerate": 30}, "unknown key 'framerate'"),
    ],
)
def test_an_error_is_named(tmp_path, values, message):
    with pytest.raises(RawDataError, match=message):
        read(tmp_path, values)


def test_all_errors_are_reported_together(tmp_path):
    with pytest.raises(RawDataError, match="unknown key 'fps'; edges: .*; up: .*; clip_stride: "):
        read(tmp_path, {**BODY, "fps": 3, "edges": 0, "up": 0, "clip_stride": 0})


def test_joints_that_bvh_files_lack_are_named(tmp_path):
    with pytest.raises(RawDataError, match="joints: expected joints of the files, got Tail"):
        read(tmp_path, {"joints": ["Hips", "Tail"]}, RIG)


def test_arrays_without_a_description_are_not_understood(tmp_path):
    with pytest.raises(RawDataError, match="is missing; it must list joints and edges, or"):
        read_settings(tmp_path / "skeleton.json")


def test_a_known_body_needs_only_its_name(tmp_path):
    settings = read(tmp_path, {"body": "smpl_22"})

    assert settings.joints[:2] == ("pelvis", "left_hip") and len(settings.edges) == 21
    assert (settings.root, len(settings.left)) == ((0,), 8)
    assert settings.hierarchy == KNOWN_BODIES["smpl_22"].hierarchy


def test_pose_estimators_have_their_root_between_the_hips(tmp_path):
    settings = read(tmp_path, {"body": "coco_17"})

    assert [settings.joints[joint] for joint in settings.root] == ["left_hip", "right_hip"]
    assert "left_ear" not in settings.joints and len(settings.edges) == 14
    chosen = read(tmp_path, {"body": "coco_17", "root": "nose"})
    assert chosen.root == (0,) and chosen.joints[0] == "nose"


@pytest.mark.parametrize(
    ("value", "camera"),
    [
        ("front", (0, 0)),
        ("side", (90, 0)),
        ({"elevation": 30}, (0, 30)),
        ({"azimuth": -45}, (-45, 0)),
    ],
)
def test_a_projection_is_a_camera(tmp_path, value, camera):
    assert read(tmp_path, {**BODY, "projection": value}).projection == camera
