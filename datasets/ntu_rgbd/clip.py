"""The motion of one recording, or the reason why it has none."""

import dataclasses

import numpy as np

from datasets.interpolation import interpolate
from datasets.ntu_rgbd import motion
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.main_actor import follow, main_actor
from datasets.ntu_rgbd.recording_names import SUFFIX, Recording
from datasets.ntu_rgbd.skeleton_file import parse


@dataclasses.dataclass(frozen=True)
class Clip:
    """The result of reading one recording.

    Attributes:
        recording: the `Recording`.
        motion: float64 `[L, 25, D]`; None if the recording can't be used. Meters if D = 3. If
            D = 2, pixels times meters, to be divided by the mean depth of the training clips.
        depth: distance from the sensor to the spine base in the first frame, in meters; None
            without motion.
        damage: the `DamagedFileError`; None if the file could be read.
        missing: why there is no usable skeleton; None if there is one.
    """

    recording: Recording
    motion: np.ndarray | None = None
    depth: float | None = None
    damage: DamagedFileError | None = None
    missing: str | None = None


def read_clip(recording, source, dimensions, drop_untracked):
    """Reads a recording. Damaged files are reported in the result, not raised.

    Args:
        recording: a `Recording`.
        source: the `FolderSource` or `ZipSource` that contains it.
        dimensions: D, 2 (color image) or 3 (space).
        drop_untracked: whether to leave out recordings in which a person is tracked in fewer than
            half of the frames. Not needed if the owners' list of such recordings is available.

    Returns:
        A `Clip`.
    """
    try:
        length, bodies = parse(recording.name + SUFFIX, source.read(recording))
    except DamagedFileError as damage:
        return Clip(recording, damage=damage)
    if not bodies:
        return Clip(recording, missing=f"no body in any of {length} frames")
    bodies = list(bodies.values())
    actor = follow(main_actor(bodies, length), bodies, length)
    tracked = actor.tracked.sum()
    if drop_untracked and 2 * tracked < length:
        return Clip(recording, missing=f"a person is tracked in only {tracked} of {length} frames")
    positions = interpolate(actor.positions)
    depth = motion.depth(positions)
    if depth <= 0:
        return Clip(
            recording, missing="the depth of the spine base is not positive in the first frame"
        )
    if dimensions == 3:
        return Clip(recording, motion.space_motion(positions), depth)
    return Clip(recording, motion.image_motion(positions, actor.pixels), depth)
