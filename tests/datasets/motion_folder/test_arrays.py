import io
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.motion_folder.arrays import read_array
from datasets.raw_data_error import RawDataError
from tests.datasets.motion_folder.damage import check_reader, damaged

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


def read(folder, content):
    path = folder / "file"
    path.write_bytes(content)
    return read_array(path)


@pytest.mark.parametrize(
    "motion", [MOTION, MOTION_3D, MOTION_3D.astype(">f4"), np.ones((1, 3, 2), int)]
)
def test_arrays_come_back_as_they_are(tmp_path, motion):
    for content in (npy(motion), npz(anything=motion), npz(motion=motion, seeds=np.arange(3))):
        found = read(tmp_path, content).positions

        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, motion)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(MOTION[0]), r"an array \[frames, joints, 2 or 3\], got \[3, 2\]"),
        (npy(MOTION[:0]), r"got \[0, 3, 2\]"),
        (npy(MOTION[..., :1]), r"2 or 3\], got \[4, 3, 1\]"),
        (npy(MOTION.astype(str)), "an array of numbers, got dtype <U"),
        (npy(MOTION + 1j), "an array of numbers, got dtype complex"),
        (npz(a=MOTION, b=MOTION), r"the name motion, got a \[4, 3, 2\], b \[4, 3, 2\]"),
        (npz(), "expected one array"),
        (npz(poses=MOTION[0], trans=MOTION[0]), "need a body model.*smplx"),
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


def test_of_several_arrays_the_motion_is_read_with_what_belongs_to_it(tmp_path):
    names = np.array(["hip", "head", "foot"])
    scores = np.ones((4, 3, 2))

    found = read(tmp_path, npz(joints=MOTION_3D, scores=scores, joint_names=names, fps=120.0))
    again = read(tmp_path, npz(motion=MOTION, joints=names, frame_rate=25, unit="meter"))

    np.testing.assert_array_equal(found.positions, MOTION_3D)
    assert found.joints == again.joints == ("hip", "head", "foot")
    assert (found.frame_rate, again.frame_rate, again.unit) == (120, 25, "meter")
    assert read(tmp_path, npz(kp=MOTION, poses=MOTION[0], trans=MOTION[0])).joints is None


def test_a_small_file_that_holds_more_than_memory_is_refused_unread(tmp_path):
    header = npy(np.zeros((1, 3, 2))).replace(b"(1, 3, 2)", b"(8**9,3,2)")[:128]
    path = tmp_path / "file.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("motion.npy", header)
    content = path.read_bytes()
    size = len(header).to_bytes(4, "little")  # in the directory, after the packed size
    assert content.count(size * 2) == 2
    stated = content.replace(size * 2, size + (2**31).to_bytes(4, "little"))

    with pytest.raises(RawDataError, match="expected at most 1073741824 bytes, unpacked, got 2147"):
        read(tmp_path, stated)


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


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damage_never_gives_anything_but_its_own_error(tmp_path_factory, data):
    content = data.draw(st.sampled_from([npy(MOTION), npz(joints=MOTION, fps=30)]))

    check_reader(read, tmp_path_factory.getbasetemp(), damaged(data, content))
