import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from datasets.motion_folder.known_body import KNOWN_BODIES
from datasets.motion_folder.tables import read_table
from datasets.raw_data_error import RawDataError

JOINTS = ("hip", "left, upper", "head_z")
MOTION = np.random.default_rng(0).normal(size=(4, 3, 2))
MOTION_3D = np.random.default_rng(1).normal(size=(4, 3, 3))


def read(folder, content):
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def table(motion, joints=JOINTS, separator=",", quoting=csv.QUOTE_MINIMAL, comma=False):
    """Returns the text of a table."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator="\n")
    writer.writerow([f"{joint}_{axis}" for joint in joints for axis in "xyz"[: motion.shape[-1]]])
    cells = [[repr(float(value)) for value in frame.ravel()] for frame in motion]
    writer.writerows([cell.replace(".", ",") if comma else cell for cell in row] for row in cells)
    return file.getvalue()


@pytest.mark.parametrize("motion", [MOTION, MOTION_3D])
@pytest.mark.parametrize(
    "flavor",
    [
        table,
        lambda motion: "\ufeff" + table(motion).replace("\n", "\r\n\r\n") + "\n",
        lambda motion: table(motion).replace('hip_x,"', 'hip_x , "'),
        lambda motion: table(motion, separator="\t"),
        lambda motion: table(motion, separator=";"),
        lambda motion: table(motion, separator=";", comma=True),
        lambda motion: table(motion, separator="\t", quoting=csv.QUOTE_ALL, comma=True),
        lambda motion: table(motion, quoting=csv.QUOTE_ALL),
        lambda motion: table(motion).replace("\n", ",\n"),
        lambda motion: table(motion, separator=";").encode("utf-16"),
    ],
)
def test_tables_of_any_program_are_read(tmp_path, motion, flavor):
    recording = read(tmp_path, flavor(motion))

    assert recording.joints == JOINTS
    np.testing.assert_array_equal(recording.positions, motion)


@pytest.mark.parametrize("motion", [MOTION, MOTION_3D])
def test_columns_that_are_no_coordinates_are_passed_over(tmp_path, motion):
    head, *rows = table(motion).splitlines()
    rows = [f"2024-05-01 10:00,walking,,{row},a b.mp4" for row in rows]

    recording = read(tmp_path, "\n".join([f"time,label,empty,{head},file", *rows]))

    np.testing.assert_array_equal(recording.positions, motion)


@pytest.mark.parametrize(
    ("columns", "joints"),
    [
        (["hip.x", "hip.y", "knee.x", "knee.y"], ("hip", "knee")),
        (["HipX", "HipY", "KneeX", "KneeY"], ("Hip", "Knee")),
        (["x_hip", "y_hip", "x_knee", "y_knee"], ("hip", "knee")),
        (["LEFT HIP X", "LEFT HIP Y", "KNEE X", "KNEE Y"], ("LEFT HIP", "KNEE")),
        (["hip:X", "hip:Y", "knee:X", "knee:Y"], ("hip", "knee")),
    ],
)
def test_joints_are_found_in_common_column_names(tmp_path, columns, joints):
    recording = read(tmp_path, ",".join(columns) + "\n1,2,3,4\n")

    assert recording.joints == joints
    np.testing.assert_array_equal(recording.positions, [[[1, 2], [3, 4]]])


def test_numbered_landmarks_are_those_of_the_estimator(tmp_path):
    names = ["class", *(f"{axis}{n}" for n in range(1, 34) for axis in "xyzv")]
    row = ["walk", *map(str, range(33 * 4))]

    recording = read(tmp_path, f"{','.join(names)}\n{','.join(row)}\n")

    assert recording.joints == tuple(KNOWN_BODIES["mediapipe_33"].hierarchy)
    np.testing.assert_array_equal(recording.positions[0, 1], [4, 5, 6])
    np.testing.assert_array_equal(recording.confidence[0], np.arange(33) * 4 + 3)


def test_the_header_of_deeplabcut_is_read(tmp_path):
    text = (
        "scorer,net,net,net,net,net,net\nbodyparts,hip,hip,hip,knee,knee,knee\n"
        "coords,x,y,likelihood,x,y,likelihood\n0,1,2,0.9,3,4,0.2\n1,5,6,1,7,8,1\n"
    )

    recording = read(tmp_path, text)

    assert recording.joints == ("hip", "knee")
    np.testing.assert_array_equal(recording.positions, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    np.testing.assert_array_equal(recording.confidence, [[0.9, 0.2], [1, 1]])


@pytest.mark.parametrize("empty", ["", "NaN", " nan ", "NA", "null", "-"])
def test_an_empty_cell_is_a_missing_joint(tmp_path, empty):
    recording = read(tmp_path, f"a_x,a_y,b_x,b_y\n1,2,3,4\n5,{empty},7,8\n")

    assert np.isnan(recording.positions[1, 0, 1])
    np.testing.assert_array_equal(recording.positions[:, 1], [[3, 4], [7, 8]])


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    motion=st.sampled_from([(1, 3, 3), (3, 3, 2)]).flatmap(
        lambda shape: arrays(float, shape, elements=FINITE)
    )
)
@settings(max_examples=30, deadline=None)
def test_numbers_of_a_table_keep_every_digit(tmp_path_factory, motion):
    found = read(tmp_path_factory.getbasetemp(), table(motion)).positions

    np.testing.assert_array_equal(found, motion)


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("hip_x", "hip_y", "expected column names that differ, got 'hip_y' twice"),
        ("\n", "\n1,2\n", "line 2: expected 6 cells or more, got 2"),
        ("\n", "\n\n1,2,3,4,5,walking\n", "line 3, head_z_y: expected a number, got 'walking'"),
        ("\n", "\n1,2,3,4,5,1_0\n", "line 2, head_z_y: expected a number, got '1_0'"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_with_its_line(tmp_path, wrong, right, message):
    with pytest.raises(RawDataError, match=message):
        read(tmp_path, table(MOTION).replace(wrong, right, 1))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\x93NUMPY\1\0v\0", b"x" * 200_000, table(MOTION[:0]), b'"hip_x\n1\n'],
)
def test_a_file_without_a_table_is_refused(tmp_path, content):
    with pytest.raises(RawDataError, match="^expected (a table|a header|a row|columns)"):
        read(tmp_path, content)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_damage_never_gives_anything_but_its_own_error(tmp_path_factory, data):
    text = table(MOTION, separator=data.draw(st.sampled_from(",;\t")))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        piece = st.sampled_from(["", ",", ";", '"', "\n", "nan", "1e999", "_x", "\t", "hip_x"])
        end = start + data.draw(st.integers(0, 20))
        text = text[:start] + data.draw(piece | st.text(max_size=4)) + text[end:]

    try:
        positions = read(
            tmp_path_factory.getbasetemp(), text.encode("utf-8", "surrogatepass")
        ).positions
    except RawDataError as error:
        assert str(error)
    else:
        assert positions.ndim == 3 and positions.shape[-1] in (2, 3)
