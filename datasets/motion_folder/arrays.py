"""Reads motion from NumPy files."""

import tokenize
import zipfile
import zlib

import numpy as np

from datasets.motion_folder.recording import Recording
from datasets.raw_data_error import RawDataError

_UNREADABLE = (
    ValueError,
    EOFError,
    OSError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
# A small file can hold any number of zeros. An hour of 60 joints at 120 Hz has 0.6 GB.
_LARGEST = 2**30  # bytes
# Names of the array with the motion, in the order in which they are looked for.
_MOTION = (
    "motion",
    "joints",
    "positions",
    "joints3d",
    "joints_3d",
    "keypoints",
    "kp",
    "kps",
    "poses_3d",
)
_RATES = ("frame_rate", "fps", "framerate", "mocap_framerate", "mocap_frame_rate")


def read_array(path) -> Recording:
    """Reads an `.npy` file, or the motion in an `.npz` file.

    Args:
        path: path of the file.

    Returns:
        A `Recording`. If an `.npz` file has several arrays, the motion is the only one of the shape
        `[frames, joints, 2 or 3]`, or the first of `motion`, `joints`, `positions`, `keypoints` and
        the like; `generate` writes one more dimension, of one clip. Names of joints (`joint_names`,
        or `joints` if these are texts), `frame_rate` or `fps`, and `unit` are read, too.

    Raises:
        RawDataError: if the file is damaged or has the wrong format. The message does not name
            the file.
    """
    try:
        with open(path, "rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                return Recording(_numbers(loaded))
            with loaded as arrays:
                return _read_archive(arrays)
    except _UNREADABLE as error:
        raise RawDataError(
            f"expected an array that NumPy can read without unpickling, but: {error}"
        ) from None


def _read_archive(arrays):
    if (size := sum(member.file_size for member in arrays.zip.infolist())) > _LARGEST:
        raise RawDataError(f"expected at most {_LARGEST} bytes, unpacked, got {size}.")
    fields, refused = {}, None
    for name in arrays.files:
        try:
            array = arrays[name]
            # `generate` writes clips, frames, joints and coordinates.
            fields[name] = array[0] if array.ndim == 4 and len(array) == 1 else array
        except ValueError as error:  # an array of objects, for one
            refused = error
    motions = {name: array for name, array in fields.items() if _is_motion(array)}
    named = [name for name in _MOTION if name in motions]
    if {"poses", "trans"} <= fields.keys() and not named:
        raise RawDataError(
            "has the rotations of AMASS (poses, trans), which need a body model: compute joints "
            "with the smplx package, and save them as [frames, joints, 3] under the name joints."
        )
    if refused and not motions:
        raise refused
    if not named and len(motions) != 1:
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in fields.items())
        raise RawDataError(
            "expected one array [frames, joints, 2 or 3], or one with the name motion, got "
            f"{shapes[:300] or 'none'}."
        )
    motion = motions[named[0]] if named else next(iter(motions.values()))
    names = next((fields[name] for name in ("joint_names", "joints") if name in fields), None)
    rate = next((fields[name] for name in _RATES if name in fields), None)
    unit = fields.get("unit")
    return Recording(
        _numbers(motion),
        joints=_names(names, motion.shape[1]),
        frame_rate=_rate(rate),
        unit=str(unit) if unit is not None and unit.dtype.kind == "U" and unit.ndim == 0 else None,
    )


def _is_motion(array):
    return array.ndim == 3 and array.shape[-1] in (2, 3) and array.dtype.kind in "fiu"


def _names(array, count):
    if array is None or array.dtype.kind != "U" or array.shape != (count,):
        return None
    return tuple(map(str, array)) if len(set(array)) == count else None


def _rate(array):
    if array is None or array.size != 1 or array.dtype.kind not in "fiu":
        return None
    rate = float(array.reshape(-1)[0])
    return rate if 1e-6 < rate < 1e6 else None


def _numbers(values):
    if values.ndim != 3 or values.shape[2] not in (2, 3) or not values.size:
        raise RawDataError(f"expected an array [frames, joints, 2 or 3], got {list(values.shape)}.")
    if values.dtype.kind not in "fiu":
        raise RawDataError(f"expected an array of numbers, got dtype {values.dtype}.")
    return values.astype(np.float64)
