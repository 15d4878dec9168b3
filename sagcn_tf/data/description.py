"""What is in a data set: its actions and subjects, what is missing, and what it looks like."""

import numpy as np

from sagcn_tf.data.input_pipeline import frames_needed
from sagcn_tf.figures import film_strip
from sagcn_tf.markdown import table
from sagcn_tf.metrics import motion_statistics

SPLITS = ("train", "test")
_NAMED = 10  # of whatever is listed
_POSES = 17  # of a film strip, at most


def describe(data, frames, left_out=()):
    """Describes a data set as Markdown.

    Args:
        data: a `MotionData` with sequences.
        frames: T, of the clips that a training would cut.
        left_out: what is known of raw files that could not be used, a line each.

    Returns:
        Text: how the data are made up; a table of the actions with their sequences, lengths and
        speed (of a joint, mean over joints and frames); a table of the subjects with their
        sequences of each action; and what a training would miss: actions without a sequence in a
        split, or by a subject, sequences too short for a clip, or in which nothing moves.
    """
    sequences = [one for split in SPLITS for one in _measure(data, split)]
    lines = [*left_out, *_missing(data, sequences, frames)] or ["nothing"]
    return "\n\n".join(
        [
            f"# {data.dataset}",
            _make_up(data, frames),
            _actions_table(data, sequences),
            f"Lengths in frames; the speed of a joint in {data.unit}s a second.",
            _subjects_table(data, sequences),
            "Sequences of each action, under its number.",
            "Missing:",
            "\n".join(f"* {line}" for line in lines) + "\n",
        ]
    )


def film_strips(data, frames):
    """Draws a training clip of each action, of a sequence of middle length; 3-D from two sides.

    Args:
        data: a `MotionData` with sequences.
        frames: T, as a training would cut them.

    Returns:
        A matplotlib `Figure`.
    """
    groups, train = {}, data.train
    lengths = np.diff(train.offsets)
    for label, action in enumerate(data.class_names):
        members = np.flatnonzero(train.labels == label)
        if len(members):
            chosen = members[np.argsort(lengths[members], kind="stable")[len(members) // 2]]
            rows = train.offsets[chosen] + _clip_frames(data, lengths[chosen], frames)
            clip = data.unstandardize(train.frames[rows])
            groups[action] = {train.names[chosen]: clip}
            if clip.shape[-1] == 3:
                groups[action]["from the side"] = clip[..., [2, 1]]
    return film_strip.page(groups, data.skeleton, -(-frames // _POSES), data.dataset)


def _measure(data, split):
    """What a table needs of each sequence of a split, as dicts."""
    part = getattr(data, split)
    for number, name in enumerate(part.names):
        motion = data.unstandardize(part.frames[slice(*part.offsets[number : number + 2])])
        yield {
            "name": name,
            "split": split,
            "label": int(part.labels[number]),
            "subject": part.subjects[number],
            "length": len(motion),
            "speed": float(motion_statistics.speed(motion)) * _rate(data),
        }


def _rate(data):
    """Frames a second of the sequences."""
    return data.frame_rate * data.stride


def _make_up(data, frames):
    joints, dimensions = data.mean.shape
    counts = [f"{len(getattr(data, split).labels)} {split}" for split in SPLITS]
    seconds = (frames - 1) / data.clip_rate(frames)
    if data.clips == "resample":
        clips = f"a whole sequence, on average of {seconds:.1f} seconds."
    else:
        every = f"every {_ordinal(data.stride)} frame" if data.stride > 1 else "each frame"
        clips = f"{every} of {seconds:.1f} seconds"
        clips += f", none of the first {data.first_start}." if data.first_start else "."
    return (
        f"{' and '.join(counts)} sequences of {len(data.class_names)} actions: {joints} joints "
        f"with {dimensions} coordinates in {data.unit}s, {_rate(data):.4g} frames a second. A clip "
        f"of {frames} frames is {clips}"
    )


def _actions_table(data, sequences):
    header = ["", "action", *SPLITS, "shortest", "median", "longest", "median seconds", "speed"]
    rows = []
    for number, name in enumerate(data.class_names):
        members = [one for one in sequences if one["label"] == number]
        counts = [sum(one["split"] == split for one in members) for split in SPLITS]
        measured = ["-"] * 5
        if members:
            lengths = [one["length"] for one in members]
            lengths = np.quantile(lengths, [0, 0.5, 1], method="nearest").tolist()
            speed = np.mean([one["speed"] for one in members])
            measured = [*map(str, lengths), f"{lengths[1] / _rate(data):.1f}", f"{speed:.4g}"]
        rows.append([str(number + 1), name, *map(str, counts), *measured])
    return table(header, rows)


def _subjects_table(data, sequences):
    header = ["subject", "split", "minutes", *map(str, range(1, len(data.class_names) + 1))]
    rows = []
    for subject, split, own in _of_subjects(sequences):
        minutes = sum(one["length"] for one in own) / _rate(data) / 60
        labels = [one["label"] for one in own]
        counts = [str(labels.count(label) or "-") for label in range(len(data.class_names))]
        rows.append([subject or "(not named)", split, f"{minutes:.1f}", *counts])
    return table(header, rows)


def _of_subjects(sequences):
    """(subject, split, sequences) for each, the training subjects first."""
    for split in SPLITS:
        of_split = [one for one in sequences if one["split"] == split]
        for subject in sorted({one["subject"] for one in of_split}):
            yield subject, split, [one for one in of_split if one["subject"] == subject]


def _missing(data, sequences, frames):
    lines, needed = [], frames_needed(data, frames)
    for split in SPLITS:
        of_split = [one for one in sequences if one["split"] == split]
        lines += _gaps(data, of_split, f"the {split} split")
        short = [one["name"] for one in of_split if one["length"] < needed]
        if short:
            lines.append(
                f"{split}: {_list(short)} shorter than the {needed} frames that a clip of {frames} "
                "frames needs; choose a smaller --frames or leave them out"
            )
        still = [one["name"] for one in of_split if not one["speed"]]
        if still:
            lines.append(f"{split}: nothing moves in {_list(still)}")
    for subject, split, own in _of_subjects(sequences):
        lines += _gaps(data, own, f"{subject} ({split})") if subject else []
    return lines


def _gaps(data, sequences, of):
    present = {one["label"] for one in sequences}
    absent = [name for label, name in enumerate(data.class_names) if label not in present]
    return [f"{of}: no sequence of {', '.join(absent)}"] if absent else []


def _clip_frames(data, length, frames):
    """The frames of a sequence that make a clip; fewer where it is too short."""
    if data.clips == "resample":
        return np.linspace(0, length - 1, frames).round().astype(int)
    chosen = data.first_start + data.stride * np.arange(frames)
    return chosen[chosen < length] if length > data.first_start else np.arange(length)


def _list(names):
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _ordinal(number):
    return {2: "second", 3: "third"}.get(number, f"{number}th")
