"""Reads motion from NumPy files and CSV tables."""

import csv
import zipfile
import zlib

import numpy as np

from datasets.motion_folder.rows import read_rows
from datasets.raw_data_error import RawDataError

_UNREADABLE = (
    ValueError,
    EOFError,
    OSError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_array(path, joints):
    """Reads an `.npy` file, or the array `motion` or only array of an `.npz` file.

    Args:
        path: path of the file.
        joints: names of the N joints; the array must have N joints.

    Returns:
        float64 `[T, N, D]`, D = 2 or 3.

    Raises:
        RawDataError: if the file is damaged or has the wrong format. The message does not name
            the file.
    """
    try:
        with open(path, "rb") as file:
            values = np.load(file, allow_pickle=False)
            if isinstance(values, np.lib.npyio.NpzFile):
                values = values["motion" if "motion" in values else _only_name(values)]
    except _UNREADABLE as error:
        raise RawDataError(
            f"expected an array that NumPy can read without unpickling, but: {error}"
        ) from None
    if values.ndim != 3 or values.shape[1] != len(joints) or values.shape[2] not in (2, 3):
        raise RawDataError(
            f"expected an array [frames, {len(joints)} joints, 2 or 3], got {list(values.shape)}."
        )
    if values.dtype.kind not in "fiu":
        raise RawDataError(f"expected an array of numbers, got dtype {values.dtype}.")
    values = values.astype(np.float64)
    broken = np.flatnonzero(~np.isfinite(values).all(axis=(1, 2)))
    if len(broken):
        first = ", ".join(map(str, broken[:3]))
        raise RawDataError(
            f"expected finite numbers, got NaN or infinity in {len(broken)} frames, from 0: {first}"
            + (", ..." if len(broken) > 3 else "")
        )
    return values


def _only_name(arrays):
    if len(arrays.files) != 1:
        raise ValueError(f"expected one array or an array named motion, got {arrays.files}")
    return arrays.files[0]


def read_csv(path, joints):
    """Reads a table with columns `JOINT_x`, `JOINT_y` (and `JOINT_z` if 3-D) and a row per frame.

    Other columns are ignored, but must contain numbers too.

    Args:
        path: path of the file.
        joints: names of the N joints.

    Returns:
        float64 `[T, N, D]`, D = 2 or 3.

    Raises:
        RawDataError: if the table is invalid. The message names the line, but not the file.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [line for line in lines if line[1].strip()]
    try:
        head = csv.reader([text for _, text in lines[:1]], skipinitialspace=True)
        names = [name.strip() for name in next(head, [])]
    except csv.Error as error:
        raise RawDataError(f"line 1: expected column names, but: {error}.") from None
    axes = "xyz" if f"{joints[0]}_z" in names else "xy"
    wanted = [f"{joint}_{axis}" for joint in joints for axis in axes]
    absent = [name for name in wanted if names.count(name) != 1]
    if absent:
        more = ", ..." if len(absent) > 3 else ""
        raise RawDataError(
            "the first line must name each column of each joint once; missing or repeated: "
            f"{', '.join(absent[:3])}{more}."
        )
    rows = read_rows(lines[1:], len(names), ",")
    columns = [names.index(name) for name in wanted]
    return rows[:, columns].reshape(len(rows), len(joints), len(axes))  # [T, N D] -> [T, N, D]
