"""The joint hierarchy of a BVH file."""

import dataclasses


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
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: tuple[tuple[float, float, float], ...]
    channels: tuple[tuple[str, ...], ...]
    ends: tuple[tuple[int, tuple[float, float, float]], ...] = ()

    def hierarchy(self):
        """Returns a dictionary {name of a joint: name of its parent, None for the root}."""
        names = (*self.joints, None)  # index -1 is None
        return {
            joint: names[parent] for joint, parent in zip(self.joints, self.parents, strict=True)
        }

    def to_metadata(self):
        """Returns the fields as a JSON-serializable dictionary of lists."""
        return {
            "joints": list(self.joints),
            "parents": list(self.parents),
            "offsets": [list(offset) for offset in self.offsets],
            "channels": [list(channels) for channels in self.channels],
            "ends": [[joint, list(offset)] for joint, offset in self.ends],
        }
