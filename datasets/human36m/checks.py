"""Checks of the arrays in raw files. Errors are `RawDataError`s that name the file."""

import numpy as np

from datasets.raw_data_error import RawDataError

MEND = "Copy the file from the archive again."


def check_array(path, name, values, shape):
    """Checks that an array has the expected shape and only finite numbers.

    Args:
        path: path of the file, for the error message.
        name: name of the array, for the error message.
        values: the array.
        shape: the expected shape; None is any length above 0.

    Returns:
        The array as float64.

    Raises:
        RawDataError: if the array does not meet this.
    """
    values = np.asarray(values)
    fits = values.ndim == len(shape) and all(
        length > 0 and wanted in (None, length)
        for length, wanted in zip(values.shape, shape, strict=True)
    )
    if not fits or not np.issubdtype(values.dtype, np.number):
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise RawDataError(
            f"{path}: expected numbers of shape [{wanted}] in {name!r}, got {values.dtype} of shape"
            f" {list(values.shape)}. {MEND}"
        )
    if not np.isfinite(values).all():
        raise RawDataError(
            f"{path}: expected finite numbers in {name!r}, got NaN or infinity in frames or"
            f" entries {_few(np.argwhere(~np.isfinite(values))[:, -1])}. {MEND}"
        )
    return values.astype(np.float64)


def check_in_front(path, positions):
    """Checks that all joints are in front of the camera in every frame.

    Args:
        path: path of the file, for the error message.
        positions: `[L, J, 3]`, in the camera's axes.

    Raises:
        RawDataError: if a depth is 0 or below, as in a recording of zeros.
    """
    behind = np.flatnonzero((positions[..., 2] <= 0).any(axis=1))
    if behind.size:
        raise RawDataError(
            f"{path}: expected all joints in front of the camera, got a depth of 0 or below in"
            f" frames {_few(behind)}. {MEND}"
        )


def _few(numbers):
    numbers = sorted(set(numbers.tolist()))
    return ", ".join(map(str, numbers[:3])) + (", ..." if len(numbers) > 3 else "")
