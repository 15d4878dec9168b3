"""Reads C3D files: the positions of labeled markers."""

import io
import warnings

import c3d
import numpy as np

from datasets.motion_folder.recording import Recording
from datasets.raw_data_error import RawDataError

_UNITS = {"mm": "millimeter", "cm": "centimeter", "m": "meter"}


def read_c3d(path) -> Recording:
    """Reads a C3D file.

    Args:
        path: `pathlib.Path` of the file.

    Returns:
        A `Recording` of its labeled markers, 3-D; NaN where a marker was not seen. +z is up.

    Raises:
        RawDataError: if the file is damaged, or has no labeled markers. The message does not name
            the file.
    """
    content = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files without analog data, for one
            reader = c3d.Reader(io.BytesIO(content))
            labels = [label.strip() for label in reader.point_labels]
            unit, rate = _unit(reader), float(reader.point_rate)
            points = _points(reader, len(content))
    except RawDataError:
        raise
    except Exception as error:  # the package raises whatever a damaged byte leads to
        raise RawDataError(
            f"expected a C3D file, but it cannot be read ({type(error).__name__}: {error!s:.80})."
        ) from None
    kept = [number for number, label in enumerate(labels[: points.shape[1]]) if label]
    names = tuple(labels[number] for number in kept)
    if not names or len(set(names)) < len(names):
        raise RawDataError(f"expected markers with different labels, got {', '.join(names)[:100]}.")
    return Recording(
        points[:, kept],
        names,
        frame_rate=rate if 1e-6 < rate < 1e6 else None,
        unit=_UNITS.get(unit),
        up="+z",
    )


def _points(reader, size):
    """Returns float64 `[T, markers, 3]`."""
    count = reader.point_used
    if not count or reader.frame_count * count * 8 > 4 * size:
        raise RawDataError("expected frames with markers, or the file is truncated.")
    frames = [points for _, points, _ in reader.read_frames(copy=True)]
    points = np.array(frames, np.float64).reshape(len(frames), -1, 5)
    # The fourth number is -1 if the marker was not seen.
    return np.where(points[..., 3:4] < 0, np.nan, points[..., :3])


def _unit(reader):
    parameter = reader.get("POINT:UNITS")
    return parameter.string_value.strip().lower() if parameter else ""
