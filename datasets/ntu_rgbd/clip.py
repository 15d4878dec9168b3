"""One recording made ready: its motion, or why there is none."""

import dataclasses

import numpy as np

from datasets.ntu_rgbd import motion
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.main_actor import follow, main_actor
from datasets.ntu_rgbd.recording_names import SUFFIX, Recording
from datasets.ntu_rgbd.skeleton_file import parse


@dataclasses.dataclass(frozen=True)
class Clip:
    """What became of one recording.

    Attributes:
        recording: the `Recording`.
        motion: float64 `[L, 25, D]`; None where the recording can't be used. D = 3: meters. D = 2:
            pixels times meters, to be divided by the mean depth of the training clips.
        depth: meters from the sensor to the spine base at first; None without motion.
        damage: the `DamagedFileError` of the file, or None.
        missing: in what way the skeleton is missing or incomplete, or None.
    """

    recording: Recording
    motion: np.ndarray | None = None
    depth: float | None = None
    damage: DamagedFileError | None = None
    missing: str | None = None


def read_clip(recording, source, dimensions, by_rule):
    """Reads a recording; never fails for what its file holds.

    Args:
        recording: a `Recording`.
        source: a `FolderSource` or `ZipSource` that has it.
        dimensions: D, 2 (color image) or 3 (space).
        by_rule: whether to leave out recordings in which somebody is tracked in fewer than half of
            the frames; where the owners' list of such recordings is at hand, that is not needed.

    Returns:
        A `Clip`.
    """
    try:
        length, bodies = parse(recording.name + SUFFIX, source.read(recording))
    except DamagedFileError as damage:
        return Clip(recording, damage=damage)
    if not bodies:
        return Clip(recording, missing=f"nobody in any of {length} frames")
    bodies = list(bodies.values())
    joints, tracked = follow(main_actor(bodies, length), bodies, length)
    if by_rule and 2 * tracked.sum() < length:
        return Clip(recording, missing=f"somebody is tracked in {tracked.sum()} of {length} frames")
    positions = motion.interpolate(joints[..., :3])
    depth = motion.depth(positions)
    if depth <= 0:
        return Clip(recording, missing="the spine base has no depth in the first frame")
    if dimensions == 3:
        return Clip(recording, motion.space_motion(positions), depth)
    return Clip(recording, motion.image_motion(positions, joints[..., 5:7]), depth)
