"""Finds joints that are missing in some frames, and fills short gaps."""

import numpy as np

from datasets.interpolation import interpolate
from datasets.raw_data_error import RawDataError

_PIXELS = 10  # x and y beyond this are in pixels; z would be, too, and not between 0 and 1


def without_confidence(recording, third, lowest):
    """Returns positions `[T, N, D]` with NaN for joints of low confidence, and lines.

    Args:
        recording: a `Recording`.
        third: `"confidence"` or `"z"`: what the third coordinate of arrays is; None if the user
            did not say.
        lowest: joints of lower confidence are missing.
    """
    positions, confidence, lines = recording.positions, recording.confidence, []
    if positions.shape[-1] == 3 and recording.rig is None and confidence is None:
        if third == "confidence":
            positions, confidence = positions[..., :2], positions[..., 2]
        elif third is None and _looks_like_confidence(positions):
            lines.append(
                "the third coordinate is between 0 and 1, but x and y are larger: if it is a "
                'confidence, write "third": "confidence" into skeleton.json, otherwise "third": "z"'
            )
    if confidence is not None:
        # OpenPose has 0 for a joint that it did not find.
        unsure = ~(confidence >= lowest) | (confidence == 0)
        positions = np.where(unsure[..., None], np.nan, positions)
    return positions, lines


def without_zeros(positions):
    """Returns positions `[T, N, D]` with NaN for joints at zero in some frames, and their count.

    A joint at zero in all frames is the origin, and one at zero in the first frame alone is where
    the recording begins.
    """
    zero = (positions == 0).all(axis=-1)  # [T, N]
    at_zero = zero.sum(axis=0)
    zero &= (at_zero < len(zero)) & ~(zero[0] & (at_zero == 1))
    return np.where(zero[..., None], np.nan, positions), int(zero.sum())


def fill_gaps(positions, joints, longest):
    """Interpolates missing joints over time.

    Args:
        positions: `[T, N, D]`; NaN if a joint is missing.
        joints: names of the N joints, for messages.
        longest: number of frames of the longest gap that is filled.

    Returns:
        `[T, N, D]` without NaN, and the number of joints filled, over all frames.

    Raises:
        RawDataError: if a gap is longer; the message names the joint and the frames.
    """
    missing = ~np.isfinite(positions).all(axis=-1)  # [T, N]
    for joint in np.flatnonzero(missing.any(axis=0)):
        first, length = _longest_run(missing[:, joint])
        if length > longest or length == len(missing):
            others = missing.any(axis=0).sum() - 1
            where = f"frames {first} to {first + length - 1}" if length > 1 else f"frame {first}"
            where = "all frames" if length == len(missing) else where
            raise RawDataError(
                f"{joints[joint]} is missing in {where} (from 0), but gaps of at most {longest:.0f}"
                " frames are filled"
                + (f"; other joints with gaps: {others}" if others else "")
                + ". Set joints without it or a longer longest_gap in skeleton.json"
            )
    positions = np.where(missing[..., None], np.nan, positions)
    return interpolate(positions) if missing.any() else positions, int(missing.sum())


def _longest_run(missing):
    """Returns the first frame and the length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.pad(missing.astype(np.int8), 1)))
    starts, ends = edges[::2], edges[1::2]
    longest = (ends - starts).argmax()
    return int(starts[longest]), int((ends - starts)[longest])


def _looks_like_confidence(positions):
    third, others = positions[..., 2], np.abs(positions[..., :2])
    known = np.isfinite(positions).all(axis=-1)
    if not known.any() or not np.ptp(third[known]):
        return False
    return third[known].min() >= 0 and third[known].max() <= 1 and others[known].max() > _PIXELS
