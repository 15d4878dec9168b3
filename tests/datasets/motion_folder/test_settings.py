import json

import pytest

from datasets.motion_folder.settings import Settings, read_settings
from datasets.raw_data_error import RawDataError

BODY = {
    "joints": ["hip", "LHand", "RHand", "head"],
    "edges": [["hip", "LHand"], [0, 2], [3, "hip"]],
}
HIERARCHY = {"Hips": None, "Chest": "Hips", "LeftArm": "Chest", "RightArm": "Chest"}


def read(tmp_path, values, hierarchy=None):
    path = tmp_path / "skeleton.json"
    path.write_text(values if isinstance(values, str) else json.dumps(values))
    return read_settings(path, hierarchy)


def test_joints_and_edges_are_enough(tmp_path):
    assert read(tmp_path, BODY) == Settings(
        joints=("hip", "LHand", "RHand", "head"),
        edges=((0, 1), (0, 2), (3, 0)),
        left=(1,),
        right=(2,),
    )


def test_everything_may_be_said(tmp_path):
    given = {"frame_rate": 25, "unit": "metre", "up": "+z", "clips": "resample", "clip_stride": 4}

    settings = read(tmp_path, {**BODY, **given, "left": ["head", 1], "right": []})

    assert {name: getattr(settings, name) for name in given} == given
    assert settings.left == (3, 1) and settings.right == ()


def test_bvh_files_need_no_description(tmp_path):
    settings = read_settings(tmp_path / "skeleton.json", HIERARCHY)

    assert settings.joints == tuple(HIERARCHY)
    assert settings.edges == ((0, 1), (1, 2), (1, 3))
    assert (settings.left, settings.right) == ((2,), (3,))


def test_some_joints_of_bvh_files_may_be_picked(tmp_path):
    settings = read(tmp_path, {"joints": ["Hips", "RightArm", "LeftArm"]}, HIERARCHY)

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
        ({**BODY, "up": "y"}, r"up: expected one of \+y, -y, \+z, got 'y'"),
        ({**BODY, "up": ["+y"]}, "up: expected one of"),
        ({**BODY, "clips": "crop"}, "clips: expected one of window, resample"),
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
    with pytest.raises(RawDataError, match="joints: expected joints of the BVH files, got Tail"):
        read(tmp_path, {"joints": ["Hips", "Tail"]}, HIERARCHY)


def test_arrays_without_a_description_are_not_understood(tmp_path):
    with pytest.raises(RawDataError, match="is missing; it must list joints and edges"):
        read_settings(tmp_path / "skeleton.json")
