import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from datasets.motion_folder.arrays import read_array, read_csv
from datasets.raw_data_error import RawDataError

JOINTS = ("hip", "left, upper", "head_z")
MOTION = np.random.default_rng(0).normal(size=(4, 3, 2))
MOTION_3D = np.random.default_rng(1).normal(size=(4, 3, 3))


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def read(tmp_path, content, reader=read_array):
    path = tmp_path / "file"
    path.write_bytes(content)
    return reader(path, JOINTS)


@pytest.mark.parametrize(
    "motion", [MOTION, MOTION_3D, MOTION_3D.astype(">f4"), np.ones((1, 3, 2), int)]
)
def test_arrays_come_back_as_they_are(tmp_path, motion):
    for content in (npy(motion), npz(anything=motion), npz(motion=motion, seeds=np.arange(3))):
        found = read(tmp_path, content)

        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, motion)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(MOTION[0]), r"an array \[frames, 3 joints, 2 or 3\], got \[3, 2\]"),
        (npy(MOTION[:, :2]), r"3 joints.*got \[4, 2, 2\]"),
        (npy(MOTION[..., :1]), r"2 or 3\], got \[4, 3, 1\]"),
        (npy(MOTION.astype(str)), "an array of numbers, got dtype <U"),
        (npy(MOTION + 1j), "an array of numbers, got dtype complex"),
        (npy(np.where(MOTION[2] == MOTION, np.nan, MOTION)), "NaN or infinity in 1 frames, .* 2"),
        (npy(np.full_like(MOTION, np.inf)), "NaN or infinity in 4 frames, from 0: 0, 1, 2, ..."),
        (npz(a=MOTION, b=MOTION), r"one array or an array named motion, got \['a', 'b'\]"),
        (npz(), "expected one array"),
        (npy(MOTION)[:-9], "expected an array that NumPy can read"),
        (npy(MOTION)[:50], "expected an array that NumPy can read"),
        (npz(motion=MOTION)[:200], "expected an array that NumPy can read"),
        (
            npz(motion=MOTION).replace(npz(motion=MOTION)[99:120], bytes(21)),
            "expected an array that NumPy can read",
        ),
        (b"", "expected an array that NumPy can read"),
        (b"x,y\n1,2\n", "expected an array that NumPy can read"),
        (npy(MOTION).replace(b"(4, 3, 2)", b"(9**9,3,)"), "expected an array that NumPy can read"),
    ],
)
def test_what_is_no_motion_is_refused(tmp_path, content, message):
    with pytest.raises(RawDataError, match=message):
        read(tmp_path, content)


class Explosion:
    def __reduce__(self):
        return pytest.fail, ("something was unpickled",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Explosion()),
        npy(np.array([[[Explosion()]]], object)),
        npz(motion=np.array([[[Explosion()]]], object)),
    ],
)
def test_nothing_is_ever_unpickled(tmp_path, content):
    with pytest.raises(RawDataError, match="without unpickling"):
        read(tmp_path, content)


def table(motion, joints=JOINTS, extra=""):
    axes = "xyz"[: motion.shape[-1]]
    names = [f'"{joint}_{axis}"' for joint in joints for axis in axes]
    rows = [",".join(repr(float(value)) for value in frame.ravel()) for frame in motion]
    return "\n".join([extra + ",".join(names), *(f"{extra and '0,'}{row}" for row in rows)])


@pytest.mark.parametrize("motion", [MOTION, MOTION_3D])
def test_a_table_names_its_columns(tmp_path, motion):
    other_order = motion[:, [2, 0, 1]], [JOINTS[joint] for joint in (2, 0, 1)]
    for text in (
        table(motion),
        table(*other_order),
        table(motion, extra="time,"),
        "\ufeff" + table(motion).replace("\n", "\r\n\r\n") + "\n",
        table(motion).replace('hip_x","', 'hip_x" , " '),
    ):
        np.testing.assert_array_equal(read(tmp_path, text.encode(), read_csv), motion)


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    motion=st.sampled_from([(1, 3, 3), (3, 3, 2)]).flatmap(
        lambda shape: arrays(float, shape, elements=FINITE)
    )
)
@settings(max_examples=50, deadline=None)
def test_numbers_of_a_table_keep_every_digit(tmp_path_factory, motion):
    found = read(tmp_path_factory.getbasetemp(), table(motion).encode(), read_csv)

    np.testing.assert_array_equal(found, motion)


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('"hip_x"', '"hips_x"', "name each column of each joint once; missing or repeated: hip_x"),
        ('"hip_x"', '"hip_y"', "missing or repeated: hip_x, hip_y"),
        ("hip_x", "head_z_z", "missing or repeated: hip_x"),
        ("\n", "\n\n1,2\n", "line 3: expected 6 numbers, got 2"),
        ("\n", "\n1,2,3,4,5,walking\n", "line 2: expected a number, got 'walking'"),
        ("\n", "\n1,2,3,4,5,\n", "line 2: expected a number, got ''"),
        ("\n", "\n1,2,3,4,5,NaN\n", "line 2: expected finite numbers, got 'NaN'"),
    ],
)
def test_a_table_with_something_else_is_refused_by_its_line(tmp_path, wrong, right, message):
    text = table(MOTION).replace(wrong, right, 1)

    with pytest.raises(RawDataError, match=message):
        read(tmp_path, text.encode(), read_csv)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", npy(MOTION), b"x" * 200_000, table(MOTION[:0]).encode(), b'"hip_x\n1\n'],
)
def test_a_file_without_a_table_is_refused(tmp_path, content):
    with pytest.raises(
        RawDataError, match="each joint once|rows of numbers|line 1: expected column names"
    ):
        read(tmp_path, content, read_csv)
