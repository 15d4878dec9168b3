"""Describes a data set: tables of actions and subjects, missing data, and film strips."""

import numpy as np

from sagcn_tf.data.clips import frames_needed, shortened, too_short
from sagcn_tf.figures import film_strip
from sagcn_tf.figures.root_path import seen_from_the_side
from sagcn_tf.markdown import tables
from sagcn_tf.metrics import motion_statistics

SPLITS = ("train", "test")
_MAX_POSES = 17  # per film strip


def describe(data, frames, left_out=(), notes=()):
    """Describes a data set as Markdown.

    Args:
        data: a `MotionData` with sequences.
        frames: T, frames per training clip.
        left_out: lines of text about raw files that could not be used. Default: none.
        notes: lines of text about how raw files were read. Default: none.

    Returns:
        Text: a summary; the notes; a table of actions with their sequences, lengths and speed (mean
        over joints and frames); a table of subjects with their sequences per action; and a list of
        what is missing: actions without a sequence in a split or by a subject, sequences that are
        too short for a clip, and sequences without motion.
    """
    sequences = [one for split in SPLITS for one in _measure(data, split)]
    lines = [*left_out, *_missing(data, sequences, frames)] or ["nothing"]
    read = ["How the files were read:", "\n".join(f"* {line}" for line in notes)] if notes else []
    return "\n\n".join(
        [
            f"# {data.dataset}",
            _summary(data, frames),
            *read,
            _actions_table(data, sequences),
            "Lengths are in frames, that of the median also in seconds; the speed of a joint is\n"
            f"in {data.unit}s per second.",
            _subjects_table(data, sequences),
            "The numbered columns count the sequences of each action.",
            "Missing:",
            "\n".join(f"* {line}" for line in lines) + "\n",
        ]
    )


def film_strips(data, frames):
    """Draws one training clip per action, from the sequence of median length that has clips.

    3-D clips are drawn from the front and from the side; with `root_motion`, those that move over
    the ground from the side and from the front.

    Args:
        data: a `MotionData` with sequences.
        frames: T, frames per training clip.

    Returns:
        A matplotlib `Figure`.
    """
    groups, train = {}, data.train
    other_side = "turned by 90 degrees" if data.root_motion else "from the side"
    lengths = np.diff(train.offsets)
    for label, action in enumerate(data.class_names):
        members = np.flatnonzero(train.labels == label)
        usable = np.setdiff1d(members, too_short(data, "train", frames, data.min_frames))
        members = usable if len(usable) else members
        if len(members):
            chosen = members[np.argsort(lengths[members], kind="stable")[len(members) // 2]]
            rows = train.offsets[chosen] + _clip_frames(data, lengths[chosen], frames)
            clip = seen_from_the_side(data.unstandardize(train.frames[rows]), data)
            groups[action] = {train.names[chosen]: clip}
            if clip.shape[-1] == 3:
                groups[action][other_side] = clip[..., [2, 1]]
    return film_strip.page(groups, data.skeleton, -(-frames // _MAX_POSES), data.dataset)


def _measure(data, split):
    """Yields a dict of measurements for each sequence of a split."""
    part = getattr(data, split)
    for number, name in enumerate(part.names):
        frames = part.frames[slice(*part.offsets[number : number + 2])]
        motion = data.unstandardize(frames, _rate(data))
        yield {
            "name": name,
            "split": split,
            "label": int(part.labels[number]),
            "subject": part.subjects[number],
            "length": len(motion),
            "speed": _speed(motion) * _rate(data) if len(motion) > 1 else None,
        }


def _speed(motion):
    return float(motion_statistics.speed(motion))


def _rate(data):
    """Returns the frames per second of the sequences."""
    return data.frame_rate * data.stride


def _summary(data, frames):
    joints, dimensions = data.skeleton.num_joints, data.mean.shape[-1]
    counts = [f"{len(getattr(data, split).labels)} {split}" for split in SPLITS]
    if data.clips == "resample":
        clips = f"is a whole sequence, {data.seconds:.1f} seconds long on average."
    else:
        seconds = (frames - 1) / data.clip_rate(frames)
        every = f"every {_ordinal(data.stride)} frame" if data.stride > 1 else "every frame"
        clips = f"takes {every} of {seconds:.1f} seconds"
        clips += f" and skips the first {data.first_start} frames." if data.first_start else "."
        clips += " The body moves over the ground (root_motion)." if data.root_motion else ""
    return (
        f"{' and '.join(counts)} sequences of {len(data.class_names)} actions: {joints} joints "
        f"with {dimensions} coordinates in {data.unit}s, {_rate(data):.4g} frames per second. A "
        f"clip of {frames} frames {clips}"
    )


def _actions_table(data, sequences):
    header = ["", "action", *SPLITS, "shortest", "median", "longest", "seconds", "speed"]
    rows = []
    for number, name in enumerate(data.class_names):
        members = [one for one in sequences if one["label"] == number]
        counts = [sum(one["split"] == split for one in members) for split in SPLITS]
        measured = ["-"] * 5
        if members:
            lengths = [one["length"] for one in members]
            lengths = np.quantile(lengths, [0, 0.5, 1], method="nearest").tolist()
            speeds = [one["speed"] for one in members if one["speed"] is not None]
            speed = f"{np.mean(speeds):.4g}" if speeds else "-"
            measured = [*map(str, lengths), f"{lengths[1] / _rate(data):.1f}", speed]
        rows.append([str(number + 1), name, *map(str, counts), *measured])
    return tables(header, rows, keys=2)


def _subjects_table(data, sequences):
    header = ["subject", "split", "minutes", *map(str, range(1, len(data.class_names) + 1))]
    rows = []
    for subject, split, own in _by_subject(sequences):
        minutes = sum(one["length"] for one in own) / _rate(data) / 60
        labels = [one["label"] for one in own]
        counts = [str(labels.count(label) or "-") for label in range(len(data.class_names))]
        rows.append([subject or "(unnamed)", split, f"{minutes:.1f}", *counts])
    return tables(header, rows, keys=2)


def _by_subject(sequences):
    """Yields `(subject, split, sequences)` for each subject, training subjects first."""
    for split in SPLITS:
        of_split = [one for one in sequences if one["split"] == split]
        for subject in sorted({one["subject"] for one in of_split}):
            yield subject, split, [one for one in of_split if one["subject"] == subject]


def _missing(data, sequences, frames):
    lines, needed = [], max(frames_needed(data, frames), data.min_frames)
    for split in SPLITS:
        of_split = [one for one in sequences if one["split"] == split]
        lines += _missing_actions(data, of_split, f"the {split} split")
        short = [one["name"] for one in of_split if one["length"] < needed]
        if short:
            lines.append(
                f"{split}: {len(short)} sequences are left out, because a clip of {frames} frames "
                f"needs {needed} frames: {shortened(short)}. A smaller --frames keeps more of them"
            )
        still = [one["name"] for one in of_split if one["speed"] == 0]
        if still:
            lines.append(f"{split}: no motion in {shortened(still)}")
    for subject, split, own in _by_subject(sequences):
        lines += _missing_actions(data, own, f"{subject} ({split})") if subject else []
    return lines


def _missing_actions(data, sequences, source):
    present = {one["label"] for one in sequences}
    absent = [name for label, name in enumerate(data.class_names) if label not in present]
    return [f"{source}: no sequence of {', '.join(absent)}"] if absent else []


def _clip_frames(data, length, frames):
    """Returns the frame numbers of a clip; fewer if the sequence is too short."""
    if data.clips == "resample":
        return np.linspace(0, length - 1, frames).round().astype(int)
    chosen = data.first_start + data.stride * np.arange(frames)
    return chosen[chosen < length] if length > data.first_start else np.arange(length)


def _ordinal(number):
    return {2: "second", 3: "third"}.get(number, f"{number}th")
