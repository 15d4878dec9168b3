"""The clips that the sequences of a data set contain, and checks that there are enough."""

import dataclasses
import logging

import numpy as np

from sagcn_tf.data.motion_data import MotionData, Sequences
from sagcn_tf.errors import UserError

_MAX_LISTED = 10


def frames_needed(data: MotionData, frames: int) -> int:
    """Returns the minimum length of a sequence that contains a clip of `frames` frames."""
    return 2 if data.clips == "resample" else data.first_start + (frames - 1) * data.stride + 1


def too_short(data: MotionData, split, frames: int, min_frames: int = 0):
    """Returns the numbers of the sequences of a split that are too short.

    Args:
        data: a `MotionData`.
        split: `"train"` or `"test"`.
        frames: T. Sequences need as many frames as a clip spans.
        min_frames: the user's own minimum, if it is larger.
    """
    lengths = np.diff(getattr(data, split).offsets)
    return np.flatnonzero(lengths < max(frames_needed(data, frames), min_frames))


def without_short(data: MotionData, frames: int, min_frames: int = 0) -> MotionData:
    """Leaves out the sequences that are `too_short`, with a warning that names up to ten.

    Raises:
        UserError: if an action has no other sequence in a split.
    """
    kept, names = {"min_frames": min_frames}, []
    for split in ("train", "test"):
        sequences, short = getattr(data, split), too_short(data, split, frames, min_frames)
        if len(short):
            kept[split] = sequences.without(short)
            names += [sequences.names[one] for one in short]
            _check_classes(data, kept[split], sequences, split, frames, min_frames)
    if names:
        logging.warning(
            "%d sequences with fewer than the %d frames that clips of %d frames need are left out; "
            "python -m sagcn_tf.inspect_data lists all: %s",
            len(names),
            max(frames_needed(data, frames), min_frames),
            frames,
            shortened(names),
        )
    return dataclasses.replace(data, **kept)


def _check_classes(data, kept, sequences, split, frames, min_frames):
    """Raises a `UserError` if a class has only short sequences."""
    for label in sorted(set(sequences.labels) - set(kept.labels)):
        longest = np.diff(sequences.offsets)[sequences.labels == label].max()
        fitting = (longest - 1 - data.first_start) // data.stride + 1
        advice = "Add longer recordings"
        if fitting >= 3:
            advice += f", or choose clips of {fitting} frames or fewer"
        needed, asking = frames_needed(data, frames), f"clips of {frames} frames need"
        if min_frames > needed:
            needed, asking = min_frames, f"min_frames = {min_frames} asks for"
            advice = f"Choose {longest} or fewer"
        raise UserError(
            f"{data.dataset}: {asking} sequences of {needed} frames or more, but the longest of "
            f"{data.class_names[label]} in the {split} split has {longest}. {advice}"
        )


def shortened(names: list[str]) -> str:
    """Joins names with commas; of more than ten, counts the rest."""
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return ", ".join(names[:_MAX_LISTED]) + more


def count_clips(data: MotionData, sequences: Sequences, frames: int):
    """Counts the possible clips of `frames` frames in each sequence.

    A window starts at any frame from `first_start` to `length - frames * stride - 1`. A sequence
    too short for this that still contains all frames of one window has one clip, which starts at
    `first_start`. A resampled sequence is one clip.

    Args:
        data: a `MotionData`.
        sequences: the `Sequences` of one of its splits.
        frames: T.

    Returns:
        int64 `[S]`, 1 or more.

    Raises:
        UserError: if sequences are too short; the message names them.
    """
    lengths, needed = np.diff(sequences.offsets), frames_needed(data, frames)
    short = np.flatnonzero(lengths < needed)
    if len(short):
        named = [f"{sequences.names[one]} has {lengths[one]}" for one in short]
        raise UserError(
            f"{data.dataset}: clips of {frames} frames need sequences of {needed} frames or more, "
            f"but {shortened(named)}. Choose clips of fewer frames, or remove these sequences"
        )
    if data.clips == "resample":
        return np.ones_like(lengths)
    return np.maximum(lengths - frames * data.stride - data.first_start, 1)


def check_clips(data: MotionData, frames: int) -> None:
    """Raises a `UserError` if a split lacks a class or has a sequence too short for a clip."""
    for split in ("train", "test"):
        sequences = getattr(data, split)
        for label in range(len(data.class_names)):
            class_members(data, split, label)
        count_clips(data, sequences, frames)


def class_members(data, split, label):
    """Returns the numbers of the sequences of a class in a split."""
    members = np.flatnonzero(getattr(data, split).labels == label)
    if not len(members):
        raise UserError(
            f"{data.dataset}: the {split} split has no sequence of {data.class_names[label]}. Add "
            "one, or remove the class"
        )
    return members


def interpolation(sequences, frames):
    """Computes the linear interpolation of each sequence to `frames` frames.

    Frame t of a clip is at position t (L - 1) / (frames - 1) of a sequence of L frames. The
    computation uses integers, so rounding never reaches past the last frame.

    Returns:
        `(before, after, share)`: int64 `[S, T]`, rows of `sequences.frames` before and after the
        position; float32 `[S, T, 1, 1]`, the weight of the row after it.
    """
    steps = np.diff(sequences.offsets)[:, None] - 1  # [S, 1]
    before, rest = np.divmod(steps * np.arange(frames), frames - 1)  # [S, T]
    after = np.minimum(before + 1, steps)
    first = sequences.offsets[:-1, None]
    share = (rest / (frames - 1)).astype(np.float32)[..., None, None]
    return first + before, first + after, share


def limit_clips_per_class(data: MotionData, count: int) -> int:
    """Limits the clips per class so that an evaluation can draw two sets without overlap.

    A resampled sequence is always the same clip, so each of two draws gets at most half of the
    sequences of the smallest training class, and at least 2. Windows differ between draws and have
    no limit.
    """
    if data.clips != "resample":
        return count
    counts = np.bincount(data.train.labels, minlength=len(data.class_names))
    return min(count, max(2, int(counts.min()) // 2))
