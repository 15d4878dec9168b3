"""Files of Human3.6M with any bytes changed give motion or one `RawDataError`."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.human36m.cdf_archive import CdfArchive
from datasets.human36m.h5_archive import H5Archive
from datasets.human36m.npz_archive import NAME, NpzArchive
from datasets.human36m.pickled_arrays import read_pickled_arrays
from datasets.human36m.recordings import Recording
from datasets.raw_data_error import RawDataError
from tests.datasets.human36m import dummy_archives

WALKING = Recording(1, "Walking")
POSES = (dummy_archives.world_poses(*WALKING) / 1000).astype(np.float32)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """`{form: (archive class, path of a file, its content)}`."""
    folder = tmp_path_factory.mktemp("damaged")
    dummy_archives.write_h5_archive(folder, {1: ["Walking"]})
    dummy_archives.write_cdf_archive(folder, {1: ["Walking"]})
    np.savez(folder / NAME, positions_3d={"S1": {"Walking": POSES}})
    paths = {
        "h5": (H5Archive, dummy_archives.h5_path(folder, *WALKING)),
        "cameras": (H5Archive, folder / "cameras.h5"),
        "cdf": (CdfArchive, dummy_archives.cdf_path(folder, "D3_Positions_mono", *WALKING)),
        "npz": (NpzArchive, folder / NAME),
    }
    return folder, {form: (*pair, pair[1].read_bytes()) for form, pair in paths.items()}


def changed(data, content):
    """Draws a change of some bytes: flipped, left out, put in, or cut off."""
    start = data.draw(st.integers(0, len(content)))
    end = start + data.draw(st.sampled_from([0, 1, 4, 16, 512, len(content)]))
    return content[:start] + data.draw(st.binary(max_size=16)) + content[end:]


@pytest.mark.parametrize("form", ["h5", "cameras", "cdf", "npz"])
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_damaged_file_gives_motion_or_one_error(files, form, data):
    folder, forms = files
    archive_class, path, content = forms[form]
    path.write_bytes(changed(data, content))
    try:
        archive = archive_class(folder)
        for recording in archive.recordings():
            for values in archive.read(recording):
                assert np.isfinite(values).all()
    except RawDataError as error:
        assert path.name in str(error)
    finally:
        path.write_bytes(content)


@given(data=st.data(), protocol=st.sampled_from([2, 3, 4]))
@settings(max_examples=100, deadline=None)
def test_a_damaged_pickle_gives_arrays_or_one_error(data, protocol):
    content = pickle.dumps(np.array({"S1": {"Walking": POSES[:2]}}, dtype=object), protocol)
    try:
        found = read_pickled_arrays(changed(data, content))
    except ValueError:
        return
    assert isinstance(found, (dict, np.ndarray))
