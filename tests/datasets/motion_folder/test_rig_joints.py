import numpy as np
import pytest

from datasets.motion_folder.bvh import read_bvh
from datasets.motion_folder.rig_joints import choose_joints
from tests.bvh_folder import JOINTS, bvh_text

SIX = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"


def read(tmp_path, text):
    path = tmp_path / "file.bvh"
    path.write_text(text)
    return read_bvh(path)


def below(text, name, rows="0 0 0 0 0 0", beside=""):
    """Puts the hierarchy below a new root, with other joints beside it."""
    hierarchy, motion = text.split("MOTION\n")
    root = f"ROOT {name}\n{{\nOFFSET 0 0 0\n{SIX}\n"
    hierarchy = hierarchy.replace("ROOT Hips", f"{root}{beside}JOINT Hips") + "}\n"
    first, second, *frames = motion.splitlines()
    rows = rows if isinstance(rows, list) else [rows] * len(frames)
    frames = [f"{row} {frame}" for row, frame in zip(rows, frames, strict=True)]
    return "\n".join([f"{hierarchy}MOTION", first, second, *frames])


def chosen(*recordings):
    return choose_joints(recordings[0].rig, recordings)


def test_a_body_keeps_all_its_joints(tmp_path):
    assert chosen(read(tmp_path, bvh_text("waving", 9, 0))) == (tuple(JOINTS), [])


@pytest.mark.parametrize(
    ("row", "why"),
    [("0 0 0 0 0 0", "never moves, lies far from"), ("0 -500 0 0 0 0", "never moves, lies far")],
)
def test_a_root_far_below_the_body_is_left_out(tmp_path, row, why):
    joints, lines = chosen(read(tmp_path, below(bvh_text("stepping", 60, 0), "joint_Root", row)))

    assert joints == tuple(JOINTS)
    assert lines == [lines[0]] and lines[0].startswith(f"left out of the body: joint_Root ({why}")


def test_a_root_that_the_body_moves_away_from_is_left_out(tmp_path):
    hierarchy, motion = bvh_text("stepping", 90, 0).split("MOTION\n")
    low = motion.replace(" 90.", " 0.").replace(" 91.", " 1.").replace(" 89.", " -1.")
    text = below(f"{hierarchy}MOTION\n{low}", "Reference")
    prop = "JOINT Camera\n{\nOFFSET 9 9 9\n}\n"

    joints, lines = chosen(read(tmp_path, text))
    assert joints == tuple(JOINTS) and "never moves, unlike Hips" in lines[0]
    text = below(f"{hierarchy}MOTION\n{low}", "Reference", beside=prop)
    joints, lines = chosen(read(tmp_path, text))
    assert joints == tuple(JOINTS) and "Reference, Camera" in lines[0]


def test_hips_that_stay_in_place_are_kept(tmp_path):
    text = bvh_text("waving", 9, 0)
    head, motion = text.split("MOTION\n")
    first, second, *frames = motion.splitlines()
    still = ["0 0 0 " + " ".join(frame.split()[3:]) for frame in frames]

    recording = read(tmp_path, "\n".join([f"{head}MOTION", first, second, *still]))

    assert np.ptp(recording.positions[:, 0]) == 0
    assert chosen(recording) == (tuple(JOINTS), [])


def test_large_rigs_are_trained_without_fingers_twists_and_ends(tmp_path):
    text = bvh_text("waving", 9, 0)
    fingers = "".join(
        f"JOINT LeftHand{finger}{part}\n{{\nOFFSET 3 0 0\n"
        for finger in ("Thumb", "Index", "Ring")
        for part in (1, 2, 3, 4)
    )
    twist = "JOINT LeftArmTwist\n{\nOFFSET 3 0 0\n}\n"
    eye = "JOINT LeftEye\n{\nOFFSET 3 0 0\n}\n"
    text = _inside(text, "LeftHand", fingers + "}\n" * 12)
    text = _inside(_inside(text, "LeftArm", twist), "Head", eye)

    joints, lines = chosen(read(tmp_path, text))

    assert joints == tuple(JOINTS)
    assert lines[0].startswith("14 of 36 joints are left out, as fingers, face, twists or ends: ")


def _inside(text, joint, child):
    """Adds a child without channels to a joint."""
    start = text.index("CHANNELS", text.index(f"JOINT {joint}\n"))
    end = text.index("\n", start) + 1
    return text[:end] + child + text[end:]
