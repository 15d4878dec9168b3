import json

import numpy as np
import pytest

from datasets.motion_folder.folder import open_folder
from datasets.motion_folder.known_body import KNOWN_BODIES
from datasets.motion_folder.motions import read_motions
from datasets.raw_data_error import RawDataError
from tests.bvh_folder import JOINTS, bvh_text, write_bvh_folder

BODY = {"joints": ["hip", "head", "foot"], "edges": [[0, 1], [0, 2]]}


def motion(frames=5, dimensions=3, seed=0):
    return np.random.default_rng(seed).normal(size=(frames, 3, dimensions))


def write(folder, **files):
    """A folder of arrays `{"walk_1.npy": motion}`, two of each of two actions if none are given."""
    names = [f"{action}/{number}" for action in ("walk", "wave") for number in (1, 2)]
    files = files or {name: motion(seed=seed) for seed, name in enumerate(names)}
    (folder / "skeleton.json").write_text(json.dumps(BODY))
    for name, array in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        np.save(folder / f"{name}.npy", array)
    return folder


def describe(folder, **changes):
    (folder / "skeleton.json").write_text(json.dumps({**BODY, **changes}))
    return folder


def read(folder):
    """Returns the motion of each file, and everything else that was read."""
    found = read_motions(open_folder(folder))
    return found.motions, found


def refusal(folder):
    """Returns the first line and the errors of the message for an invalid folder."""
    with pytest.raises(RawDataError) as caught:
        read(folder)
    lines = str(caught.value).splitlines()
    assert str(folder) in lines[0] and "README.md" in lines[-1]
    return lines[0], [line.strip() for line in lines[1:-1]]


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
    changed = open_folder(describe(tmp_path, unit="metre")).fingerprint
    np.save(tmp_path / "walk" / "1.npy", motion(seed=99))
    assert len({first, changed, open_folder(tmp_path).fingerprint}) == 3


BAD = {
    "walk/nan.npy": (np.full((5, 3, 3), np.nan), "hip is missing in all frames"),
    "walk/two.npy": (motion()[:, :2], "expected 3 joints as in skeleton.json, got an array with 2"),
    "walk/flat.npy": (motion(dimensions=2), "expected 3 coordinates per joint as in most files"),
    "walk/still.npy": (motion(frames=1), "expected two or more frames, got one"),
    "walk/far.npy": (1e30 * motion(), "expected coordinates up to 1e+12, got "),
    "wave/text.csv": (b"hip_x,walking\n", "expected a row of numbers per frame"),
    "wave/cut.npz": (b"PK\3\4", "expected an array that NumPy can read"),
    "wave/empty.bvh": (b"", "not a BVH file"),
    "wave/empty.json": (b"[]", "expected the keypoints of OpenPose"),
    "wave/empty.c3d": (b"", "expected a C3D file"),
}


def write_bad(folder):
    for name, (content, _) in BAD.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            np.save(folder / name, content)
    return folder


def test_files_that_cannot_be_used_are_left_out(tmp_path):
    good, _ = read(write(tmp_path))

    motions, found = read(write_bad(tmp_path))

    assert motions.keys() == good.keys()
    assert found.left_out.keys() == BAD.keys()
    for name, (_, reason) in BAD.items():
        assert reason in found.left_out[name]
    # What is left out takes no place in the test split.
    assert [file.name for file in found.files if file.split == "test"] == [
        "walk/2.npy",
        "wave/2.npy",
    ]


def test_a_folder_without_usable_files_of_an_action_is_refused_with_all_reasons(tmp_path):
    folder = write_bad(write(tmp_path))
    for number in (1, 2):
        (folder / "walk" / f"{number}.npy").unlink()

    first, errors = refusal(folder)

    assert first.endswith(": 12 errors")
    assert errors[:2] == [
        "walk: expected at least one file in the train split, got none; add a file",
        "walk: expected at least one file in the test split, got none; add a file",
    ]
    assert [line.split(":")[0] for line in errors[2:10]] == sorted(BAD)[:8]


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


def test_bvh_files_of_other_bodies_are_left_out(tmp_path):
    folder = write_bvh_folder(tmp_path, files=3, frames=9)
    text = bvh_text("waving", 9, seed=0)
    (folder / "bowing" / "a_tail.bvh").write_text(text.replace("JOINT Head", "JOINT Tail"))
    moved = text.replace("JOINT RightHand", "JOINT x").replace("JOINT LeftHand", "JOINT RightHand")
    (folder / "waving" / "b_arm.bvh").write_text(moved.replace("JOINT x", "JOINT LeftHand"))
    (folder / "waving" / "c_cut.bvh").write_text("\n".join(text.splitlines()[:-2]))
    more = text.replace("End Site", "JOINT Tip\n{\nOFFSET 0 1 0\nEnd Site", 1)
    (folder / "waving" / "d_more.bvh").write_text(more.replace("}", "}\n}", 1))

    motions, found = read(folder)

    assert "waving/d_more.bvh" in motions and len(motions) == 10
    missing = "expected the joints of the folder, but these are missing: Head; the file has Hips"
    assert found.left_out["bowing/a_tail.bvh"].startswith(missing)
    assert found.left_out["waving/b_arm.bvh"] == (
        "expected the hierarchy of the other BVH files, but it differs at LeftHand, RightHand"
    )
    assert found.left_out["waving/c_cut.bvh"].startswith("line 133: expected 9 frames, got 7")


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


def test_recordings_are_resampled_to_the_rate_of_most(tmp_path):
    folder = write_bvh_folder(tmp_path, files=3, frames=20)
    fast = bvh_text("waving", 41, seed=[2, 0], frame_rate=60)
    (folder / "waving" / "take1.bvh").write_text(fast)
    close = bvh_text("bowing", 20, seed=[0, 0]).replace("0.033333", ".0333")
    (folder / "bowing" / "take1.bvh").write_text(close)

    motions, found = read(folder)

    assert found.frame_rate == found.file_rate == pytest.approx(30, rel=2e-3)
    assert len(motions["waving/take1.bvh"]) == 21 and len(motions["bowing/take1.bvh"]) == 20
    # The same seconds of the same action.
    slow, _ = read(write_bvh_folder(tmp_path / "slow", files=3, frames=20))
    np.testing.assert_allclose(motions["waving/take1.bvh"][:20], slow["waving/take1.bvh"], atol=0.1)
    assert found.notes == ["waving/take1.bvh: resampled from 60 to 30.03 frames per second"]


def test_the_word_of_the_user_wins_over_the_frame_time(tmp_path):
    folder = write_bvh_folder(tmp_path, files=2, frames=21)
    (folder / "skeleton.json").write_text('{"recorded_frame_rate": 120, "frame_rate": 40}')

    motions, found = read(folder)

    assert (found.frame_rate, found.file_rate) == (40, 120)
    assert len(motions["waving/take1.bvh"]) == 7


def test_gaps_and_zeros_are_filled_and_counted(tmp_path):
    whole = motion(frames=20)
    gap, zero = whole.copy(), whole.copy()
    gap[5:8, 1] = np.nan
    zero[5:8, 1] = 0
    folder = write(
        tmp_path,
        **{"a/1": whole, "a/2": gap, "a/3": whole, "b/1": whole, "b/2": zero, "b/3": whole},
    )

    motions, found = read(folder)

    np.testing.assert_array_equal(motions["a/2.npy"], motions["b/2.npy"])
    between = whole[4, 1] + (whole[8, 1] - whole[4, 1]) / 4 - whole[5, 0]
    np.testing.assert_allclose(motions["a/2.npy"][5, 1], between, atol=1e-6)
    assert found.notes[0] == (
        "a/2.npy and 1 more: 6 positions of missing joints were interpolated; most in a/2.npy: "
        "5.0% of all"
    )
    assert "b/2.npy: 3 positions at zero were taken for missing joints" in found.notes[1]
    kept, found = read(describe(folder, zeros="positions"))
    np.testing.assert_allclose(kept["b/2.npy"][5, 1], -whole[5, 0], atol=1e-6)
    strict, found = read(describe(folder, longest_gap=0.07))
    assert found.left_out["a/2.npy"].startswith("head is missing in frames 5 to 7 (from 0)")


def test_keypoints_of_an_estimator_need_no_description(tmp_path):
    names = [f"{joint}_{axis}" for joint in KNOWN_BODIES["coco_17"].hierarchy for axis in "xy"]
    rng = np.random.default_rng(0)
    for name in ("walk/1", "walk/2", "wave/1", "wave/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        rows = rng.normal(size=(9, 34)).cumsum(axis=0)
        np.savetxt(
            tmp_path / f"{name}.csv", rows, delimiter=",", header=",".join(names), comments=""
        )

    motions, found = read(tmp_path)

    hips = [KNOWN_BODIES["coco_17"].joints.index(f"{side}_hip") for side in ("left", "right")]
    assert motions["walk/1.csv"].shape == (9, 13, 2)
    np.testing.assert_allclose(motions["walk/1.csv"][:, hips].mean(axis=1), 0, atol=1e-6)
    assert found.notes == [
        "left out unless skeleton.json lists them: left_eye, right_eye, left_ear, right_ear"
    ]


def test_a_projection_makes_motion_flat(tmp_path):
    folder = write_bvh_folder(tmp_path, files=2, frames=9)
    solid, _ = read(folder)
    (folder / "skeleton.json").write_text('{"projection": "front"}')

    opened = open_folder(folder)
    flat = read_motions(opened).motions

    assert opened.dimensions == 2 and opened.rig.joints == tuple(JOINTS)
    # The person in the files faces the viewer.
    np.testing.assert_allclose(
        flat["waving/take1.bvh"], solid["waving/take1.bvh"][..., :2], atol=1e-4
    )
