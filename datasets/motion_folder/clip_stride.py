"""Chooses which frames of the recordings make a clip."""

from datasets.motion_folder.files import SPLITS, split_files
from datasets.motion_folder.settings import CLIP_RATE

_CLIP = 50  # frames of a clip, unless the user wants others


def split_and_stride(files, actions, lengths, settings, frame_rate):
    """Assigns splits, and chooses a stride at which each action has clips in both.

    The stride is that of the settings, or the one closest to `CLIP_RATE`. If recordings of an
    action are too short for the latter, it is the largest for which they are not.

    Args:
        files: list of `MotionFile`.
        actions: names of the actions that must be in both splits.
        lengths: dictionary {name of a file: frames}.
        settings: the `Settings` of the folder.
        frame_rate: frames per second.

    Returns:
        `(files, missing, stride, notes)`: files with splits; error messages about actions that are
        missing in a split; the stride; and lines about it.
    """
    wanted = settings.clip_stride or max(1, round(frame_rate / CLIP_RATE))
    split, missing, lost = _split(files, actions, lengths, settings, wanted)
    if lost and not settings.clip_stride:
        for stride in range(wanted - 1, 0, -1):
            others, missing_then, lost_then = _split(files, actions, lengths, settings, stride)
            if not lost_then:
                return others, missing_then, stride, [_note(stride, wanted, lost)]
    return split, missing, wanted, []


def _split(files, actions, lengths, settings, stride):
    """Returns files with splits, errors, and the actions that have no clip in a split."""
    needed = (_CLIP - 1) * stride + 1 if settings.clips == "window" else 2
    short = {name for name, length in lengths.items() if length < needed}
    split, missing = split_files(files, actions, short)
    usable = {(file.action, file.split) for file in split if file.name not in short}
    lost = {one for one in actions for part in SPLITS if (one, part) not in usable}
    return split, missing, sorted(lost)


def _note(stride, wanted, lost):
    every = "every frame" if stride == 1 else f"one frame in {stride}"
    return (
        f"a clip takes {every} instead of one in {wanted}: otherwise it would be longer than the "
        f"recordings of {', '.join(lost)}; clip_stride in skeleton.json decides"
    )
