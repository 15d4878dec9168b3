"""Reads all recordings of a motion folder, and leaves out those that cannot be used."""

import collections
import dataclasses

import numpy as np
from tqdm import tqdm

from datasets.motion_folder.clip_stride import split_and_stride
from datasets.motion_folder.files import MotionFile
from datasets.motion_folder.folder import fit_file, refuse
from datasets.motion_folder.rates import common_rate, resample, same_rate
from datasets.motion_folder.root_motion import with_root_motion
from datasets.motion_folder.settings import FRAME_RATE

_LARGEST_RATIO = 1000  # of two frame rates; a larger one is a mistake in a file


@dataclasses.dataclass(frozen=True)
class Motions:
    """The recordings of a folder that can be used.

    Attributes:
        files: list of `MotionFile` with splits, sorted by name.
        motions: dictionary {name of a file: float32 `[T, N, D]`}; x to the right, y down, z away.
            With `root_motion`, one more node follows the joints.
        frame_rate: frames per second of all of them.
        file_rate: frames per second of most files; `frame_rate` if they do not say.
        clip_stride: N if a clip takes every N-th frame.
        up: the axis that points up in most files.
        unit: the unit of most files; None if they do not say.
        ground: height of the lowest joint above the origin, in the median frame and file.
        left_out: dictionary {name of a file: why it is left out}.
        notes: lines about what was resampled, filled or read in an unusual way.
    """

    files: list[MotionFile]
    motions: dict[str, np.ndarray]
    frame_rate: float
    file_rate: float
    clip_stride: int
    up: str
    unit: str | None
    ground: float
    left_out: dict[str, str]
    notes: list[str]


def read_motions(folder) -> Motions:
    """Reads all files of a folder.

    Args:
        folder: a `Folder`.

    Returns:
        A `Motions`. Motion is relative to the root of each frame, with `root_motion` as described
        in `with_root_motion`; or, if a clip is a whole file (`clips: "resample"`), to that of the
        first frame.

    Raises:
        RawDataError: if so many files cannot be used that an action is missing in a split; with all
            errors.
    """
    settings = folder.settings
    fitted, left_out = _fit_all(folder)
    said = [one.frame_rate for one in fitted.values() if one.frame_rate]
    file_rate = common_rate(said) if said else settings.frame_rate or FRAME_RATE
    frame_rate = settings.frame_rate or file_rate
    motions, resampled = {}, {}
    for name, one in fitted.items():
        rate = one.frame_rate or frame_rate
        if error := _wrong_rate(one.motion, rate, frame_rate):
            left_out[name] = error
            continue
        motions[name] = resample(one.motion, rate, frame_rate)
        if not same_rate(rate, frame_rate):
            resampled[name] = rate
    files, missing, stride, notes = split_and_stride(
        [file for file in folder.files if file.name in motions],
        [file.action for file in folder.files],
        {name: len(motion) for name, motion in motions.items()},
        settings,
        frame_rate,
    )
    if missing:
        reasons = [f"{name}: {reason}" for name, reason in sorted(left_out.items())]
        refuse(folder.path, missing + reasons)
    used = [fitted[file.name] for file in files]
    return Motions(
        files=files,
        motions={
            name: _centered(one, settings, stride, frame_rate) for name, one in motions.items()
        },
        frame_rate=frame_rate,
        file_rate=file_rate,
        clip_stride=stride,
        up=_most(one.up for one in used),
        unit=_most(one.unit for one in used),
        ground=float(np.median([np.median(-one.motion[..., 1].max(axis=1)) for one in used])),
        left_out=left_out,
        notes=[*folder.notes, *notes, *_notes(fitted, resampled, frame_rate)],
    )


def _fit_all(folder):
    """Returns {name: Fitted} and {name: error} of all files."""
    fitted, errors = {}, {}
    for file in tqdm(folder.files, desc="read", unit="file", delay=2):
        one, error = fit_file(file, folder.settings)
        if one and one.motion.shape[-1] != folder.dimensions:
            error = (
                f"expected {folder.dimensions} coordinates per joint as in most files, got "
                f"{one.motion.shape[-1]}"
            )
        if error:
            errors[file.name] = error
        else:
            fitted[file.name] = one
    return fitted, errors


def _wrong_rate(motion, rate, new_rate):
    """Returns why motion cannot be resampled, or ""."""
    if not 1 / _LARGEST_RATIO < rate / new_rate < _LARGEST_RATIO:
        return (
            f"expected about {new_rate:.4g} frames per second, got {rate:.4g}; set "
            "recorded_frame_rate in skeleton.json if it is wrong"
        )
    if (len(motion) - 1) * new_rate < rate * 0.99:
        return f"is shorter than two frames at {new_rate:.4g} frames per second"
    return ""


def _centered(motion, settings, stride, frame_rate):
    """Returns motion relative to the root, float32."""
    roots = motion[:, list(settings.root)].mean(axis=1, keepdims=True)  # [T, 1, D]
    if settings.root_motion:
        return with_root_motion(motion, roots, stride, frame_rate).astype(np.float32)
    return (motion - (roots[:1] if settings.clips == "resample" else roots)).astype(np.float32)


def _notes(fitted, resampled, frame_rate):
    """Returns lines about resampled files, filled gaps, and what readers noted."""
    lines = []
    for rate in sorted({round(rate, 2) for rate in resampled.values()}):
        names = [name for name, other in resampled.items() if round(other, 2) == rate]
        lines.append(
            f"{_named(names)}: resampled from {rate:g} to {frame_rate:.4g} frames per second"
        )
    filled = [name for name, one in fitted.items() if one.filled]
    if filled:
        most = max(filled, key=lambda name: _share(fitted[name]))
        count = sum(fitted[name].filled for name in filled)
        lines.append(
            f"{_named(filled)}: {count} positions of missing joints were interpolated; most in "
            f"{most}: {_share(fitted[most]):.1%} of all"
        )
    zeros = [name for name, one in fitted.items() if one.zeros]
    if zeros:
        count = sum(fitted[name].zeros for name in zeros)
        lines.append(
            f"{_named(zeros)}: {count} positions at zero were taken for missing joints; if they "
            'are positions, write "zeros": "positions" into skeleton.json'
        )
    for note in dict.fromkeys(note for one in fitted.values() for note in one.notes):
        names = [name for name, one in fitted.items() if note in one.notes]
        lines.append(f"{_named(names)}: {note}")
    return lines


def _most(values):
    return collections.Counter(values).most_common(1)[0][0]


def _share(fitted):
    return fitted.filled / np.prod(fitted.motion.shape[:2])


def _named(names):
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
