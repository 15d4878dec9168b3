"""Reads arrays of HDF5 files. Errors are `RawDataError`s that name the file."""

import h5py

from datasets.human36m.checks import MEND, check_array
from datasets.raw_data_error import RawDataError

_LARGEST = 64 * 2**20  # numbers in an array; the longest recording has 600 thousand


def open_h5(path):
    """Opens an HDF5 file."""
    try:
        return h5py.File(path)
    except FileNotFoundError:
        raise RawDataError(f"{path} is missing. {MEND}") from None
    except Exception as error:  # on damaged files, h5py can raise almost anything
        raise RawDataError(f"{path}: expected an HDF5 file, but: {error}. {MEND}") from error


def read_array(file, path, name, shape):
    """Reads an array.

    Args:
        file: the open file.
        path: its path, for error messages.
        name: name of the array in the file.
        shape: its expected shape, as in `check_array`.

    Returns:
        float64.
    """
    try:
        stored = file[name]
        if stored.size > _LARGEST:
            raise ValueError(f"it states {stored.size} numbers")
        values = stored[()]
    except Exception as error:  # as above
        raise RawDataError(
            f"{path}: expected the array {name!r}, but reading it failed: {error}. {MEND}"
        ) from error
    return check_array(path, name, values, shape)
