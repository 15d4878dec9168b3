"""The parser reads what is written, to the last bit, and refuses all else by file and line."""

import string
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.skeleton_file import parse
from tests.datasets.ntu_rgbd import plain_reading

BODY = "0 1 1 1 1 0 0.02764709 0.05745083 2"
JOINT = "0.2181153 0.1725972 3.785547 277.419 191.8218 1036.233 519.1677 -0.2 0.05 0.97 -0.12 2"
LARGEST_IDENTITY = 2**64 - 1


def lines_of(identities_of_frames):
    """A file of frames with bodies of these identities; every number of a joint is different."""
    lines = [str(len(identities_of_frames))]
    joint = 0
    for identities in identities_of_frames:
        lines.append(str(len(identities)))
        for identity in identities:
            lines += [f"{identity} {BODY}", "25"]
            for _ in range(25):
                joint += 1
                values = [f"{joint * 0.0001237 + number:.9g}" for number in range(11)]
                lines.append(" ".join([*values, str(joint % 3)]))
    return lines


def joined(lines, end="\n"):
    return end.join([*lines, ""]).encode("ascii")


def assert_equals_plain_reading(data):
    length, bodies = parse("a.skeleton", data)
    expected_length, expected = plain_reading.read(data)
    assert length == expected_length
    assert list(bodies) == list(expected)
    for identity, (frames, joints) in expected.items():
        assert bodies[identity].frames.tolist() == frames
        np.testing.assert_array_equal(bodies[identity].joints, np.array(joints))


def refusal(data):
    with pytest.raises(DamagedFileError) as caught:
        parse("S001.skeleton", data)
    error = caught.value
    assert error.file == "S001.skeleton"
    assert error.reason in str(error)
    return error


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_frames_may_hold_no_one_or_several_bodies(end):
    frames = [[], [5], [5, LARGEST_IDENTITY], [LARGEST_IDENTITY, 5], [], [72057594037931101]]
    data = joined(lines_of(frames), end)

    length, bodies = parse("a.skeleton", data)

    assert length == 6
    assert {identity: body.frames.tolist() for identity, body in bodies.items()} == {
        5: [1, 2, 3],
        LARGEST_IDENTITY: [2, 3],
        72057594037931101: [5],
    }
    assert_equals_plain_reading(data)


def test_the_parts_of_a_joint():
    joints = [f"{number} 0.5 3 11 12 101 102 0 0 0 1 1" for number in range(25)]
    joints[7] = "7 0.5 3 11 12 nan -inf nan nan nan nan 2"
    _, bodies = parse("a", joined(["2", "1", f"9 {BODY}", "25", *joints, "0"]))

    body = bodies[9]
    np.testing.assert_array_equal(body.positions[0, 7], [7, 0.5, 3])
    np.testing.assert_array_equal(body.pixels[0, 6], [101, 102])
    np.testing.assert_array_equal(body.pixels[0, 7], [np.nan, -np.inf])
    assert body.tracked.tolist() == [True]
    assert body.frames.tolist() == [0]


def test_a_file_without_frames_or_bodies_is_whole():
    assert parse("a", b"0\n") == (0, {})
    assert parse("a", b"3\r\n0\r\n0\r\n0\r\n") == (3, {})


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-INF", "Infinity", "1e-5", "1.5E+3", "+.5"])
def test_all_ways_to_write_a_pixel(text):
    lines = lines_of([[1]])
    lines[4] = JOINT.replace("1036.233", text)
    assert_equals_plain_reading(joined(lines))


def test_columns_may_be_apart_by_tabs_and_several_spaces():
    lines = [line.replace(" ", " \t ") + "  " for line in lines_of([[1], [1, 2]])]
    assert_equals_plain_reading(joined(lines))


GOOD = lines_of([[7], [7, 8], [8]])
# Where in it something begins, from 0.
SECOND_FRAME, SECOND_BODY_THERE, THIRD_FRAME = 29, 57, 84


def changed(index, line):
    return joined([*GOOD[:index], line, *GOOD[index + 1 :]])


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", None, "empty file"),
        (b" \r\n\r\n", None, "empty file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 1, "expected numbers"),
        (changed(0, "three"), 1, "expected numbers, got 'three'"),
        (changed(0, "-3"), 1, "the number of frames, got '-3'"),
        (changed(0, "3.0"), 1, "the number of frames, got '3.0'"),
        (changed(0, "3 1"), 1, "the number of frames, got '3 1'"),
        (changed(0, "9" * 5000), 1, "the number of frames, got '9999"),
        (changed(0, "4"), len(GOOD), "bodies in frame 4 of 4 next, but the file ends"),
        (changed(0, "1000000"), len(GOOD), "in frame 4 of 1000000 next, but the file ends"),
        (changed(0, "2"), THIRD_FRAME + 1, "the end of the file after 2 frames, got '1'"),
        (changed(1, ""), 2, "the number of bodies in frame 1 of 3, got ''"),
        (changed(SECOND_FRAME, "3"), THIRD_FRAME + 1, "the 10 numbers of a body, got '1'"),
        (changed(SECOND_FRAME, "1"), SECOND_BODY_THERE + 1, "bodies in frame 3 of 3, got '8 "),
        (changed(2, f"7 {BODY} 4"), 3, "the 10 numbers of a body"),
        (changed(2, f"7 {BODY[:-2]}"), 3, "the 10 numbers of a body"),
        (changed(2, f"7 e{BODY[1:]}"), 3, "the 10 numbers of a body"),
        (changed(2, f"7.5 {BODY}"), 3, "a 64-bit identity, got '7.5'"),
        (changed(2, f"{2**64} {BODY}"), 3, "a 64-bit identity, got"),
        (
            changed(SECOND_BODY_THERE, f"7 {BODY}"),
            SECOND_BODY_THERE + 1,
            "each body once per",
        ),
        (changed(3, "24"), 4, "expected 25 joints, got 24"),
        (changed(3, "20"), 4, "expected 25 joints, got 20"),
        (changed(3, "joints"), 4, "expected numbers, got 'joints'"),
        (changed(9, JOINT[:-2]), 10, "the 12 numbers of a joint"),
        (changed(9, JOINT + " 2"), 10, "the 12 numbers of a joint"),
        (changed(9, ""), 10, "the 12 numbers of a joint, got ''"),
        (changed(9, JOINT.replace("1036.233", "NaNN")), 10, "the 12 numbers of a joint"),
        (changed(9, JOINT.replace("1036.233", "1036.2.33")), 10, "the 12 numbers of a joint"),
        (changed(9, JOINT.replace("1036.233", "1_036")), 10, "expected numbers"),
        (changed(9, JOINT.replace("1036.233", "0x40")), 10, "expected numbers"),
        (changed(9, JOINT.replace("1036.233", "1036\r233")), 10, "expected numbers"),
        (changed(9, JOINT.replace("0.1725972", "nan")), 10, "a position within 100 m"),
        (changed(9, JOINT.replace("0.1725972", "1e300")), 10, "a position within 100 m"),
        (changed(9, JOINT[:-1] + "3"), 10, "a tracking state of 0, 1 or 2"),
        (changed(9, JOINT[:-1] + "nan"), 10, "a tracking state of 0, 1 or 2"),
    ],
)
def test_damage_is_named_by_file_line_and_reason(data, line, reason):
    error = refusal(data)

    assert (error.line, reason in error.reason) == (line, True), error.reason


def test_two_faults_that_make_up_for_each_other_are_found():
    lines = list(GOOD)
    lines[9], lines[10] = JOINT + " 2", JOINT[:-2]

    assert refusal(joined(lines)).line == 10


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_cut_anywhere_is_refused(end):
    data = joined(lines_of([[7], [7, 8]]), end)
    whole = len(data.rstrip())
    # The last number is a digit, so that no cut leaves a whole file.
    for keep in range(0, whole, 7):
        refusal(data[:keep])
    refusal(data[: whole - 1])


@pytest.mark.parametrize(
    "head", [b"1000000\n", b"99999999999999999999\n", b"1\n1000000\n", b"1\n99999999999999999999\n"]
)
def test_announcements_cost_no_memory_or_time(head):
    data = head + joined(GOOD[1:])
    start = time.process_time()
    tracemalloc.start()
    refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20 * len(data)
    assert time.process_time() - start < 1


finite = st.floats(-100, 100).map(repr) | st.integers(-99, 99).map(str)
anything = finite | st.floats().map(repr) | st.sampled_from(["NaN", "-Infinity", "1E-07", "5."])
joint_lines = st.builds(
    lambda position, others, state: " ".join([*position, *others, state]),
    st.tuples(finite, finite, finite),
    st.lists(anything, min_size=8, max_size=8),
    st.sampled_from("012"),
)


@st.composite
def whole_files(draw):
    """Files with up to 4 frames of up to 3 bodies, whose joints take turns with a few lines."""
    identities = st.lists(
        st.integers(0, LARGEST_IDENTITY) | st.integers(0, 3), max_size=3, unique=True
    )
    frames = draw(st.lists(identities, max_size=4))
    joints = draw(st.lists(joint_lines, min_size=1, max_size=4))
    lines = [str(len(frames))]
    for bodies in frames:
        lines.append(str(len(bodies)))
        for identity in bodies:
            lines += [f"{identity} {BODY}", "25"]
            lines += [joints[joint % len(joints)] for joint in range(25)]
    return joined(lines, draw(st.sampled_from(["\n", "\r\n"])))


@given(whole_files())
@settings(max_examples=60, deadline=None)
def test_whole_files_agree_with_a_plain_reading(data):
    assert_equals_plain_reading(data)


@given(whole_files(), st.data())
@settings(max_examples=150, deadline=None)
def test_changed_files_are_refused_or_agree_with_a_plain_reading(data, draw):
    start = draw.draw(st.integers(0, len(data)))
    end = draw.draw(st.integers(start, min(len(data), start + 40)))
    characters = st.sampled_from(string.digits + "+-.eEnaif \t\r\n\0x_")
    put_in = draw.draw(st.text(characters, max_size=8).map(str.encode) | st.binary(max_size=8))
    data = data[:start] + put_in + data[end:]
    try:
        parse("a.skeleton", data)
    except DamagedFileError as error:
        assert error.line is None or 1 <= error.line <= data.count(b"\n") + 1
    else:
        assert_equals_plain_reading(data)


@given(st.binary(max_size=200) | st.text("0123456789 \n\r.-naif", max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_or_read(data):
    try:
        length, bodies = parse("a.skeleton", data)
    except DamagedFileError:
        return
    assert length >= 0
    assert not bodies  # 200 bytes hold none
