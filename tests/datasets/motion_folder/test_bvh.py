import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.motion_folder.bvh import read_bvh
from datasets.raw_data_error import RawDataError
from tests.bvh_folder import JOINTS, bvh_text

ARM = """\
HIERARCHY
ROOT Hips
{
    OFFSET 1.0 2.0 3.0
    CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
    JOINT Elbow
    {
        OFFSET 10.0 0.0 0.0
        CHANNELS 3 Zrotation Xrotation Yrotation
        JOINT Hand
        {
            OFFSET 5.0 0.0 0.0
            CHANNELS 3 Zrotation Xrotation Yrotation
            End Site
            {
                OFFSET 1.0 0.0 0.0
            }
        }
    }
}
MOTION
Frames: 2
Frame Time: 0.02
0 0 0  0 0 0  0 0 0  0 0 0
7 8 9  90 0 0  90 0 0  0 0 0
"""


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "file.bvh"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_bvh(path)

    return read_text


def test_joints_are_where_offsets_and_rotations_bring_them(read):
    bvh = read(ARM)

    assert bvh.joints == ("Hips", "Elbow", "Hand") and bvh.rig.parents == (-1, 0, 1)
    assert bvh.frame_rate == pytest.approx(50.0)
    # Still: along x. Then the hip turns x to y, and the elbow y to -x.
    np.testing.assert_allclose(bvh.positions[0], [[0, 0, 0], [10, 0, 0], [15, 0, 0]], atol=1e-9)
    np.testing.assert_allclose(bvh.positions[1], [[7, 8, 9], [7, 18, 9], [2, 18, 9]], atol=1e-9)


def test_the_rig_has_the_mean_pose_and_mean_lengths_of_bones_that_change(read):
    text = ARM.replace("CHANNELS 3 Z", "CHANNELS 4 Xposition Z", 1)
    text = text.replace("0 0 0  0 0 0  0 0 0", "0 0 0  0 0 0  8 0 0 0")
    rig = read(text.replace("90 0 0  90 0 0  0", "90 0 0  14 90 0 0  0")).rig

    half = math.radians(45 / 2)  # of 0 and 90 degrees about z
    np.testing.assert_allclose(rig.pose[0], [0, 0, math.sin(half), math.cos(half)], atol=1e-9)
    np.testing.assert_allclose(rig.pose[2], [0, 0, 0, 1], atol=1e-9)
    assert rig.offsets == ((1, 2, 3), (11, 0, 0), (5, 0, 0))


def turn(axis, degrees):
    """Returns the rotation matrix about an axis."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    matrix = np.eye(3)
    first, second = [(1, 2), (2, 0), (0, 1)]["XYZ".index(axis)]
    matrix[first, first] = matrix[second, second] = cosine
    matrix[first, second], matrix[second, first] = -sine, sine
    return matrix


@pytest.mark.parametrize("order", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX", "Z", "YX"])
def test_channels_turn_in_the_order_they_are_named(read, order):
    angles = [30.0, -50.0, 70.0][: len(order)]
    channels = " ".join(f"{axis}rotation" for axis in order)
    text = ARM.replace(
        "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation",
        f"CHANNELS {len(order)} {channels}",
    )
    row = " ".join(map(str, angles)) + " 0 0 0 0 0 0"
    text = text[: text.index("Frames:")] + f"Frames: 1\nFrame Time: 0.02\n{row}\n"

    expected = np.eye(3)
    for axis, angle in zip(order, angles, strict=True):
        expected = expected @ turn(axis, angle)

    positions = read(text).positions[0]
    np.testing.assert_allclose(positions[0], [1, 2, 3])  # without position channels: the OFFSET
    np.testing.assert_allclose(positions[1] - positions[0], expected @ [10, 0, 0], atol=1e-9)


def test_a_joint_may_move_against_its_parent_along_any_axes(read):
    text = ARM.replace(
        "OFFSET 10.0 0.0 0.0\n        CHANNELS 3 ",
        "OFFSET 10 4 5\n CHANNELS 5 Zposition Xposition ",
    )
    text = (
        text[: text.index("Frames:")]
        + "Frames: 1\nFrame Time: 1\n"
        + "0 0 0 90 0 0 2 6 0 0 0 0 0 0"
    )

    elbow = read(text).positions[0, 1]

    # (6, 4, 2) in the axes of the hip, which is turned from x to y.
    np.testing.assert_allclose(elbow, [-4, 6, 2], atol=1e-9)


@pytest.mark.parametrize(
    "flavor",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("    ", "\t").replace("Frame Time: ", "Frame Time:\t"),
        lambda text: text.replace("\n{", " {").replace("}\n", "}\n\n"),
        lambda text: text.replace("rotation", "ROTATION").replace("JOINT", "Joint"),
        lambda text: "\ufeff" + text.rstrip(),
        lambda text: text.replace("{\n", "{ ").replace("End Site", "End site"),
        lambda text: text.replace("CHANNELS 3 ", "CHANNELS 3\t"),
        lambda text: "# exported\n" + text.replace("MOTION", "// frames\nMOTION\n#of two"),
        lambda text: text + "\x1a",
        lambda text: text + "\0\0\n",
        lambda text: text.replace("  90", "\n 90").replace("  0 0 0  0 0 0\n", "\n0 0 0 0 0 0\n"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("Elbow", "Ellenbogen-Gelenk-\xfc").encode("latin-1"),
    ],
)
def test_every_makers_spelling_is_understood(read, flavor):
    np.testing.assert_array_equal(read(flavor(ARM)).positions, read(ARM).positions)


def test_a_row_more_than_announced_is_read(read):
    bvh = read(ARM.replace("Frames: 2", "Frames: 1"))

    np.testing.assert_array_equal(bvh.positions, read(ARM).positions)
    assert bvh.notes == ("has one row more than Frames announces; all rows are read",)


def test_scale_channels_are_passed_over(read):
    text = ARM.replace("CHANNELS 3 Z", "CHANNELS 6 Xscale Yscale Zscale Z", 1)
    text = text.replace("0 0 0  0 0 0  0 0 0\n", "0 0 0  1 1 1  0 0 0  0 0 0\n")
    text = text.replace("90 0 0  90 0 0", "90 0 0  2 3 4 90 0 0")

    np.testing.assert_array_equal(read(text).positions, read(ARM).positions)


def test_of_several_roots_the_one_with_the_most_joints_is_read(read):
    prop = "ROOT Prop\n{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\n}\n"
    text = ARM.replace("ROOT Hips", prop + "ROOT Hips").replace("\n0 0 0  0", "\n9 9 9 0 0 0  0")
    two = text.replace("\n7 8 9", "\n9 9 9 7 8 9")

    bvh = read(two)

    np.testing.assert_array_equal(bvh.positions, read(ARM).positions)
    assert bvh.rig == read(ARM).rig
    assert bvh.notes == ("has 2 ROOTs (Prop, Hips); Hips is read",)


def test_a_file_that_is_not_in_utf_8_says_so(read):
    bvh = read(ARM.replace("Elbow", "C\xf4de").encode("latin-1"))

    assert bvh.joints[1] == "C\xf4de" and "not in UTF-8" in bvh.notes[0]


def test_the_rig_keeps_what_is_needed_to_write_the_file_again(read):
    rig = read(ARM).rig

    assert rig.offsets == ((1, 2, 3), (10, 0, 0), (5, 0, 0))
    assert rig.channels[1] == ("Zrotation", "Xrotation", "Yrotation") and len(rig.channels[0]) == 6
    assert rig.ends == ((2, (1, 0, 0)),)
    assert json.loads(json.dumps(rig.to_metadata()))["parents"] == [-1, 0, 1]


def test_a_name_may_hold_spaces(read):
    assert read(ARM.replace("Elbow", "Left Elbow #1")).joints[1] == "Left Elbow #1"


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("HIERARCHY", "Hierarchical", "not a BVH file"),
        ("MOTION", "MOTIONS", "not a BVH file"),
        ("JOINT Hand", "ROOT Hand", "line 10, 'ROOT Hand': expected ROOT, JOINT, End Site"),
        ("JOINT Hand", "JOINT Elbow", "line 10, 'JOINT Elbow': expected a unique joint name"),
        ("JOINT Hand", "JOINT", "line 10, 'JOINT': expected a unique joint name"),
        ("JOINT Hand", "JOIN Hand", "line 10, 'JOIN Hand': expected ROOT, JOINT, End Site"),
        (
            "OFFSET 5.0 0.0",
            "OFFSET 5.0",
            "line 12, 'OFFSET 5.0 0.0': expected three finite numbers",
        ),
        ("OFFSET 5.0", "OFFSET five", "line 12, .*could not convert"),
        ("OFFSET 5.0", "OFFSET nan", "line 12, .*three finite numbers"),
        ("OFFSET 5.0 0.0 0.0", "", "line 18, '}': joint 'Hand' has no OFFSET"),
        ("CHANNELS 3 Z", "CHANNELS 4 Z", "line 9, .*that many different channels"),
        ("Xrotation Yrotation\n        J", "Zrotation Yrotation\n J", "line 9, .*different"),
        ("Xrotation Yrotation\n        J", "Wrotation Yrotation\n J", "line 9, .*channels"),
        ("{\n    OFFSET", "\n    OFFSET", "line 4, .*expected {"),
        ("}\nMOTION", "MOTION", "line 20: expected the end of the hierarchy before MOTION"),
        ("}\nMOTION", "}\n}\nMOTION", "line 21, '}': no joint to close"),
        ("Frames: 2", "Frames: two", "line 22: Frames or Frame Time is not a number"),
        ("Frames: 2", "", "expected lines 'Frames: NUMBER' .* below MOTION"),
        ("Frames: 2", "Frames: 1000000000", "expected 1000000000 frames, got 2"),
        ("Frames: 2", "Frames: 3", "expected 3 frames, got 2; the file may be truncated"),
        ("Frames: 2", "Frames: 0", "expected 0 frames, got 2"),
        ("Time: 0.02", "Time: 0", "line 23: expected a Frame Time above 0"),
        ("Time: 0.02", "Time: inf", "line 23: expected a Frame Time above 0"),
        ("7 8 9", "7 8", "line 25: expected 12 numbers, got 11"),
        ("7 8 9", "7 8 x", "line 25: expected a number, got 'x'"),
        ("7 8 9", "7 8 nan", "line 25: expected finite numbers, got 'nan'"),
        ("7 8 9", "7 8 1_0", "line 24 and below: expected rows of numbers"),
        ("OFFSET 5.0", "OFFSET 1e308", "channels are too large"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(read, wrong, right, message):
    text = ARM.replace("7 8 9  90", "7 8 1e308  90") if "too large" in message else ARM
    text = text.replace("OFFSET 10.0", "OFFSET 1e308") if "too large" in message else text
    assert wrong in text

    with pytest.raises(RawDataError, match=message):
        read(text.replace(wrong, right, 1))


def test_a_body_without_channels_cannot_move(read):
    text = "\n".join(line for line in ARM.splitlines() if "CHANNELS" not in line)

    with pytest.raises(RawDataError, match="expected CHANNELS in at least one joint"):
        read(text)


@pytest.mark.parametrize("content", [b"", b"\0\xff" * 500, b"HIERARCHY\nMOTION\n", b"}" * 10])
def test_a_file_of_something_else_is_refused(read, content):
    with pytest.raises(RawDataError):
        read(content)


def test_a_body_of_22_joints_stands_as_it_was_made(read):
    bvh = read(bvh_text("stepping", frames=40, seed=1))

    assert bvh.joints == tuple(JOINTS) and bvh.positions.shape == (40, 22, 3)
    for joint, (parent, offset) in JOINTS.items():
        if parent:
            ends = [bvh.positions[:, bvh.joints.index(name)] for name in (joint, parent)]
            lengths = np.linalg.norm(ends[0] - ends[1], axis=1)
            np.testing.assert_allclose(lengths, np.linalg.norm(offset), rtol=1e-4)
    heights = bvh.positions[:, [bvh.joints.index(name) for name in ("Head", "Hips", "LeftToe")], 1]
    assert (np.diff(heights, axis=1) < 0).all()


def test_a_chain_of_thousands_of_joints_is_no_recursion(read):
    count = 3000
    chain = "".join(f"JOINT j{number} {{\nOFFSET 0 1 0\n" for number in range(count)) + "}" * count
    text = f"HIERARCHY\nROOT r {{\nOFFSET 0 0 0\nCHANNELS 1 Zrotation\n{chain}}}\n"
    text += "MOTION\nFrames: 1\nFrame Time: 1\n90\n"

    positions = read(text).positions

    np.testing.assert_allclose(positions[0, -1], [-count, 0, 0], atol=1e-6)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damage_never_gives_anything_but_its_own_error(tmp_path_factory, data):
    text = ARM
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 30))
        piece = st.sampled_from(
            ["", "{", "}", "\n", " ", "-1", "1e999", "ROOT", "JOINT a", "MOTION"]
        )
        text = text[:start] + data.draw(piece | st.text(max_size=4)) + text[end:]
    path = tmp_path_factory.getbasetemp() / "damaged.bvh"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    try:
        positions = read_bvh(path).positions
    except RawDataError as error:
        assert str(error)
    else:
        assert np.isfinite(positions).all()
