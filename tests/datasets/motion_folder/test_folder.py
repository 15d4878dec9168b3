import json

import numpy as np
import pytest

from datasets.motion_folder.folder import open_folder
from datasets.motion_folder.motions import read_motions
from datasets.raw_data_error import RawDataError
from tests.bvh_folder import JOINTS, write_bvh_folder
from tests.datasets.motion_folder.array_folder import BODY, describe, motion, read, refusal, write


@pytest.mark.parametrize("dimensions", [2, 3])
def test_joints_of_arrays_are_relative_to_the_first_in_each_frame(tmp_path, dimensions):
    folder = write(
        tmp_path, **{f"{a}/{n}": motion(4 + n, dimensions) for a in "ab" for n in (1, 2)}
    )

    opened = open_folder(folder)
    found = read_motions(opened)
    motions = found.motions

    assert opened.dimensions == dimensions and found.frame_rate == 30
    assert list(motions) == ["a/1.npy", "a/2.npy", "b/1.npy", "b/2.npy"]
    raw = motion(6, dimensions)
    assert motions["b/2.npy"].dtype == np.float32
    np.testing.assert_allclose(motions["b/2.npy"], raw - raw[:, :1], atol=1e-6)


def test_whole_performances_are_relative_to_where_they_begin(tmp_path):
    motions, _ = read(describe(write(tmp_path), clips="resample"))

    np.testing.assert_allclose(motions["walk/1.npy"], motion() - motion()[0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("up", "right_up_away"),
    [("-y", [[1, 0, 0], [0, -1, 0], [0, 0, 1]]), ("+y", [[1, 0, 0], [0, 1, 0], [0, 0, -1]])]
    + [("+z", [[1, 0, 0], [0, 0, 1], [0, 1, 0]])],
)
def test_any_axis_may_point_up(tmp_path, up, right_up_away):
    """The three other joints are to the right of the root, above it and behind it."""
    body = {**BODY, "joints": ["root", "right", "up", "away"], "edges": [[0, 1], [0, 2], [0, 3]]}
    pose = np.array([[0, 0, 0], *right_up_away], float) + [3, 4, 5]
    folder = write(
        tmp_path, **{f"{action}/{n}": np.stack([pose, pose + 1]) for action in "ab" for n in "12"}
    )
    (folder / "skeleton.json").write_text(json.dumps({**body, "up": up}))

    motions, _ = read(folder)

    np.testing.assert_allclose(motions["a/1.npy"][0, 1:], [[1, 0, 0], [0, -1, 0], [0, 0, 1]])


def test_images_have_y_down_unless_said_otherwise(tmp_path):
    flat = {f"{a}/{n}": motion(4, 2) for a in "ab" for n in (1, 2)}
    as_is, _ = read(write(tmp_path, **flat))
    turned, _ = read(describe(tmp_path, up="+y"))

    np.testing.assert_array_equal(turned["a/1.npy"], as_is["a/1.npy"] * np.float32([1, -1]))


def test_bvh_files_need_nothing_else(tmp_path):
    opened = open_folder(write_bvh_folder(tmp_path, files=2, frames=9))
    found = read_motions(opened)
    motions = found.motions

    assert opened.settings.joints == tuple(JOINTS) and opened.dimensions == 3
    assert found.frame_rate == pytest.approx(30, rel=1e-4) and not found.notes
    heights = -motions["waving/take1.bvh"][..., 1]  # y is down
    hips, head, toe = (heights[:, list(JOINTS).index(name)] for name in ("Hips", "Head", "LeftToe"))
    assert (head > hips).all() and (hips > toe).all() and (hips == 0).all()
    hand = motions["waving/take1.bvh"][:, list(JOINTS).index("LeftHand")]
    toes = motions["waving/take1.bvh"][:, list(JOINTS).index("LeftToe")]
    # A person who faces the viewer has the left hand on the right.
    assert (hand[:, 0] > 0).all() and (toes[:, 2] < 0).all()


def test_people_in_bvh_files_of_blender_stand_upright(tmp_path):
    """Below a root that is turned by 90 degrees about x, z is up."""
    expected, _ = read(write_bvh_folder(tmp_path / "y", files=2, frames=9))
    folder = write_bvh_folder(tmp_path / "z", files=2, frames=9)
    for path in folder.rglob("*.bvh"):
        hierarchy, motion = path.read_text().split("MOTION\n")
        root = "ROOT World\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\nJOINT Hips"
        first, second, *rows = motion.splitlines()
        hierarchy = hierarchy.replace("ROOT Hips", root) + "}\n"
        rows = [first, second, *(f"90 {row}" for row in rows)]
        path.write_text(f"{hierarchy}MOTION\n" + "\n".join(rows))

    motions, found = read(folder)

    np.testing.assert_allclose(motions["waving/take1.bvh"], expected["waving/take1.bvh"], atol=1e-3)
    assert found.up == "+z" and "z is up" in found.notes[1]
    (folder / "skeleton.json").write_text('{"up": "+y"}')
    assert read(folder)[1].up == "+y"


def test_joints_of_bvh_files_may_be_picked_in_any_order(tmp_path):
    everything, _ = read(write_bvh_folder(tmp_path, files=2, frames=9))
    (tmp_path / "skeleton.json").write_text('{"joints": ["Hips", "Head", "LeftHand"]}')

    picked, _ = read(tmp_path)

    places = [list(JOINTS).index(name) for name in ("Hips", "Head", "LeftHand")]
    np.testing.assert_array_equal(
        picked["bowing/take2.bvh"], everything["bowing/take2.bvh"][:, places]
    )


def test_all_kinds_of_files_may_be_mixed(tmp_path):
    folder = write(tmp_path)
    names = ",".join(f"{joint}_{axis}" for joint in BODY["joints"] for axis in "xyz")
    np.savetxt(
        folder / "walk" / "3.csv",
        motion(seed=0).reshape(5, 9),
        delimiter=",",
        header=names,
        comments="",
    )
    np.savez(folder / "wave" / "3.npz", motion(seed=0))

    motions, _ = read(folder)

    np.testing.assert_array_equal(motions["wave/3.npz"], motions["walk/1.npy"])
    np.testing.assert_allclose(motions["walk/3.csv"], motions["walk/1.npy"], atol=1e-6)


def test_the_fingerprint_follows_the_files_that_count(tmp_path):
    first = open_folder(write(tmp_path)).fingerprint

    (tmp_path / "notes.txt").write_text("of no account")
    assert open_folder(tmp_path).fingerprint == first
    changed = open_folder(describe(tmp_path, unit="meter")).fingerprint
    np.save(tmp_path / "walk" / "1.npy", motion(seed=99))
    assert len({first, changed, open_folder(tmp_path).fingerprint}) == 3


def test_ten_errors_are_named_and_the_others_counted(tmp_path):
    folder = write(tmp_path)
    for path in folder.rglob("*.npy"):
        np.save(path, motion(frames=1))
    for number in range(9):
        np.save(folder / "walk" / f"bad{number:02}.npy", motion(frames=1))

    first, errors = refusal(folder)

    assert first.endswith("13 errors") and errors[10:] == ["and 3 more"]


def test_errors_in_folders_and_files_are_reported_together(tmp_path):
    folder = write(tmp_path, **{"walk/1": motion(), "walk/2": motion(), "wave/1": motion(frames=1)})

    _, errors = refusal(folder)

    assert errors == [
        "wave: expected at least one file in the train split, got none; add a file",
        "wave/1.npy: expected two or more frames, got one",
    ]


def test_errors_in_skeleton_json_are_reported_with_the_others(tmp_path):
    folder = describe(write(tmp_path), edges=[[0, 1]])
    (folder / "other").mkdir()

    _, errors = refusal(folder)

    assert errors[0].startswith("other: expected files")
    assert errors[1].startswith(
        "skeleton.json: expected edges that connect all joints, but none lead from hip to foot"
    )


def test_all_damaged_bvh_files_are_reported(tmp_path):
    for name in ("a/1", "a/2", "b/1", "b/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.bvh").write_text("MOTION")

    _, errors = refusal(tmp_path)

    # Nothing is said of skeleton.json, which BVH files do not need.
    assert [line[:8] for line in errors] == ["a/1.bvh:", "a/2.bvh:", "b/1.bvh:", "b/2.bvh:"]


def test_images_have_no_third_axis_to_point_up(tmp_path):
    folder = write(tmp_path, **{f"{a}/{n}": motion(4, 2) for a in "ab" for n in (1, 2)})

    _, errors = refusal(describe(folder, up="+z"))

    assert len(errors) == 4 and "got +z" in errors[0]


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file").touch()

    with pytest.raises(RawDataError, match=f"{name} is not a folder.*README.md"):
        open_folder(tmp_path / name)
