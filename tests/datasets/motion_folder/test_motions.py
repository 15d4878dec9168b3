import numpy as np
import pytest

from datasets.motion_folder.folder import open_folder
from datasets.motion_folder.known_body import KNOWN_BODIES
from datasets.motion_folder.motions import read_motions
from tests.bvh_folder import JOINTS, bvh_text, write_bvh_folder
from tests.datasets.motion_folder.array_folder import describe, motion, read, refusal, write

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
