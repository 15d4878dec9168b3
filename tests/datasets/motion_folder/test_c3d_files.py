import io
import warnings

import c3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.motion_folder.c3d_files import read_c3d
from datasets.raw_data_error import RawDataError
from tests.datasets.motion_folder.damage import check_reader, damaged

LABELS = ("LFHD", "RFHD", "C7")
MOTION = np.random.default_rng(0).normal(size=(4, 3, 3)).astype(np.float32)


def content(motion=MOTION, labels=LABELS):
    writer = c3d.Writer(point_rate=100)
    writer.set_point_labels(labels)
    numbers = np.concatenate([motion, np.zeros((*motion.shape[:2], 2))], axis=-1)
    numbers[1, 2, 3] = -1  # not seen
    writer.add_frames([(frame, np.zeros((0, 0))) for frame in numbers])
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        writer.write(buffer)
    return buffer.getvalue()


def read(folder, data):
    (folder / "file.c3d").write_bytes(data)
    return read_c3d(folder / "file.c3d")


def test_markers_are_read_by_their_labels(tmp_path):
    recording = read(tmp_path, content())

    assert recording.joints == LABELS and recording.frame_rate == 100
    assert (recording.up, recording.unit) == ("+z", "millimeter")
    expected = MOTION.copy()
    expected[1, 2] = np.nan
    np.testing.assert_allclose(recording.positions, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected a C3D file, but it cannot be read"),
        (b"\2P" * 300, "expected a C3D file|expected frames"),
        (content()[:700], "expected a C3D file|expected frames|markers"),
        (content(labels=("A", "A", "B")), "expected markers with different labels, got A, A, B"),
    ],
)
def test_what_has_no_markers_is_refused(tmp_path, data, message):
    with pytest.raises(RawDataError, match=message):
        read(tmp_path, data)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damage_never_gives_anything_but_its_own_error(tmp_path_factory, data):
    check_reader(read, tmp_path_factory.getbasetemp(), damaged(data, content()))
