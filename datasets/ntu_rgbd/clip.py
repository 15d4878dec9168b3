"""One sample made ready: its motion, or why there is none."""

import dataclasses

import numpy as np

from datasets.ntu_rgbd import motion
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.main_actor import follow, main_actor
from datasets.ntu_rgbd.samples import SUFFIX, Sample
from datasets.ntu_rgbd.skeleton_file import parse


@dataclasses.dataclass(frozen=True)
class Clip:
    """What became of one sample.

    Attributes:
        sample: the `Sample`.
        motion: float64 `[L, 25, D]`; None where the sample can't be used. D = 3: metres. D = 2:
            pixels times metres, to be divided by the mean depth of the training clips.
        depth: metres from the sensor to the spine base at first; None without motion.
        damage: the `DamagedFileError` of the file, or None.
        missing: in what way the skeleton is missing or incomplete, or None.
    """

    sample: Sample
    motion: np.ndarray | None = None
    depth: float | None = None
    damage: DamagedFileError | None = None
    missing: str | None = None


def read_clip(sample, source, dimensions, by_rule):
    """Reads a sample; never fails for what its file holds.

    Args:
        sample: a `Sample`.
        source: a `FolderSource` or `ZipSource` that has it.
        dimensions: D, 2 (colour image) or 3 (space).
        by_rule: whether to leave out samples in which somebody is tracked in fewer than half of
            the frames; where the owners' list of such samples is at hand, that is not needed.

    Returns:
        A `Clip`.
    """
    try:
        length, bodies = parse(sample.name + SUFFIX, source.read(sample))
    except DamagedFileError as damage:
        return Clip(sample, damage=damage)
    if not bodies:
        return Clip(sample, missing=f"nobody in any of {length} frames")
    bodies = list(bodies.values())
    joints, tracked = follow(main_actor(bodies, length), bodies, length)
    if by_rule and 2 * tracked.sum() < length:
        return Clip(sample, missing=f"somebody is tracked in {tracked.sum()} of {length} frames")
    positions = motion.interpolate(joints[..., :3])
    depth = motion.depth(positions)
    if depth <= 0:
        return Clip(sample, missing="the spine base has no depth in the first frame")
    if dimensions == 3:
        return Clip(sample, motion.space_motion(positions), depth)
    return Clip(sample, motion.image_motion(positions, joints[..., 5:7]), depth)
