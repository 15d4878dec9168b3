"""The joint hierarchy of a BVH file."""

import dataclasses

import numpy as np
from scipy.spatial.transform import Rotation


@dataclasses.dataclass(frozen=True)
class Rig:
    """A joint hierarchy with its rest pose, in the axes and the unit of its file.

    Attributes:
        joints: names of the N joints, parents before their children.
        parents: index of each joint's parent; -1 for the root.
        offsets: `N` triples: position in the axes of the parent, in the rest pose.
        channels: names of each joint's channels in the order of the file, such as `"Xposition"`
            and `"Zrotation"`.
        ends: `(joint, offset)` for each End Site: index of its joint, and position.
        pose: `N` quaternions x, y, z, w: the mean rotations of the joints, relative to their
            parents. In many files, a person never takes the pose with all channels at 0.
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: tuple[tuple[float, float, float], ...]
    channels: tuple[tuple[str, ...], ...]
    ends: tuple[tuple[int, tuple[float, float, float]], ...] = ()
    pose: tuple[tuple[float, float, float, float], ...] = ()

    def hierarchy(self):
        """Returns a dictionary {name of a joint: name of its parent, None for the root}."""
        names = (*self.joints, None)  # index -1 is None
        return {
            joint: names[parent] for joint, parent in zip(self.joints, self.parents, strict=True)
        }

    def measured(self, rows):
        """Returns the rig with the mean pose, and the mean offsets of joints that are moved.

        Args:
            rows: float64 `[T, channels]`, the channels of all joints.
        """
        offsets, pose, first = [list(offset) for offset in self.offsets], [], 0
        for joint, names in enumerate(self.channels):
            columns = dict(zip(names, rows[:, first : first + len(names)].T, strict=True))
            first += len(names)
            for name, column in columns.items():
                if joint and name.lower().endswith("position"):
                    offsets[joint]["xyz".index(name[0].lower())] = float(column.mean())
            pose.append(_mean_rotation(columns))
        return dataclasses.replace(self, offsets=tuple(map(tuple, offsets)), pose=tuple(pose))

    def to_metadata(self):
        """Returns the fields as a JSON-serializable dictionary of lists."""
        return {
            "joints": list(self.joints),
            "parents": list(self.parents),
            "offsets": [list(offset) for offset in self.offsets],
            "channels": [list(channels) for channels in self.channels],
            "ends": [[joint, list(offset)] for joint, offset in self.ends],
            "pose": [list(rotation) for rotation in self.pose],
        }


def _mean_rotation(columns):
    """Returns the mean of the rotations of a joint, from {name of a channel: values [T]}."""
    turning = [name for name in columns if name.lower().endswith("rotation")]
    if not turning:
        return (0.0, 0.0, 0.0, 1.0)
    axes = "".join(name[0].upper() for name in turning)
    angles = np.stack([columns[name] for name in turning], axis=1)
    return tuple(Rotation.from_euler(axes, angles, degrees=True).mean().as_quat().tolist())
