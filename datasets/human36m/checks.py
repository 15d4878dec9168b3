"""Checks of what raw files hold; each refusal is a `RawDataError` that names the file."""

import numpy as np

from datasets.raw_data_error import RawDataError

MEND = "Copy the file from the archive again."


def check_array(path, name, values, shape):
    """Checks the shape of an array, and that its numbers are finite.

    Args:
        path: of the file, for the message.
        name: of the array, for the message.
        values: the array.
        shape: the shape expected; None stands for any length above 0.

    Returns:
        The values as float64.

    Raises:
        RawDataError: if the array is anything else.
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
    """Checks that a person is in front of the camera in every frame.

    Args:
        path: of the file, for the message.
        positions: `[L, J, 3]`, in the camera's axes.

    Raises:
        RawDataError: if any depth is 0 or below, as in a recording of zeros.
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
