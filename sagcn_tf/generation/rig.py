"""The rig of a body: a hierarchy of joints with bones of fixed lengths."""

import dataclasses
import re

import numpy as np

from sagcn_tf.skeleton import ROOT

# The axes of a file from those of motion (x to the right, y down, z away), by what is up in it.
_AXES = {
    "+y": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "-y": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "+z": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
}
Y_UP = np.array(_AXES["+y"], np.float64)
POSITIONS = ("Xposition", "Yposition", "Zposition")
ROTATIONS = ("Zrotation", "Xrotation", "Yrotation")
_UNTURNED = (0.0, 0.0, 0.0, 1.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Rig:
    """A hierarchy of joints, as in a BVH file.

    Attributes:
        joints: names of the J joints, parents before children, in the order of the file.
        parents: index of each joint's parent; -1 for the root, which is joint 0.
        offsets: float64 `[J, 3]`, places of the joints relative to their parents, in `axes`.
        channels: names of the channels of each joint, such as `("Zrotation", ...)`.
        ends: pairs of a joint and the offset of its End Site.
        pose: float64 `[J, 4]`, typical rotations of the joints relative to their parents, as
            quaternions x, y, z, w. What positions do not determine is taken from here.
        ground: typical height of the lowest joint above the floor.
        floor: what stands on the floor: `"frame"`, the lowest joint of each frame, for motion that
            has lost the height of its root; `"clip"`, that of the lowest frame; or `"zero"`, y = 0.
        axes: float64 `[3, 3]`, turns motion (x to the right, y down, z away) to the axes of the
            rig.
        tracked: index of the joint of the rig for each joint of the motion and, if there is one
            more, for the origin.

    Raises:
        ValueError: if the parts do not fit each other.
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[str, ...], ...]
    ends: tuple[tuple[int, tuple[float, float, float]], ...]
    pose: np.ndarray
    ground: float
    floor: str
    axes: np.ndarray
    tracked: tuple[int, ...]

    def __post_init__(self):
        """Checks that the parts fit each other."""
        count = len(self.joints)
        fit = (
            self.parents[:1] == (-1,)
            and all(0 <= parent < joint for joint, parent in enumerate(self.parents) if joint)
            and len(self.parents) == len(self.channels) == count
            and self.offsets.shape == (count, 3)
            and self.pose.shape == (count, 4)
            and all(0 <= joint < count and len(offset) == 3 for joint, offset in self.ends)
        )
        if not fit:
            raise ValueError(f"rig: expected parts that fit a tree of {count} joints.")

    @property
    def up(self):
        """Unit vector `[3]` that points up."""
        return self.axes @ [0.0, -1.0, 0.0]

    @property
    def top(self):
        """Index of the lowest joint whose subtree, itself included, has all tracked joints."""
        counts = np.zeros(len(self.joints), int)
        counts[list(self.tracked)] = 1
        for joint in range(len(self.joints) - 1, 0, -1):  # children stand after their parents
            counts[self.parents[joint]] += counts[joint]
        return int(np.flatnonzero(counts == counts[0])[-1])

    @classmethod
    def from_source(cls, source, skeleton, floor):
        """Creates the rig of the user's own BVH files.

        Args:
            source: a dict with `"up"` and `"rig"`, see `MotionData.source`.
            skeleton: the `Skeleton` of the motion, with some or all joints of the rig.
            floor: see `Rig`.

        Raises:
            ValueError: if the parts do not fit each other or the skeleton; LookupError or TypeError
                if one is missing or of another type.
        """
        rig = source["rig"]
        joints = tuple(rig["joints"])
        return cls(
            joints=joints,
            parents=tuple(rig["parents"]),
            offsets=np.array(rig["offsets"], np.float64),
            channels=tuple(tuple(map(str.capitalize, names)) for names in rig["channels"]),
            ends=tuple((joint, tuple(offset)) for joint, offset in rig["ends"]),
            pose=np.array(rig.get("pose", [_UNTURNED] * len(joints)), np.float64),
            ground=float(rig.get("ground", 0.0)),
            floor=floor,
            axes=np.array(_AXES[source["up"]], np.float64),
            tracked=tuple(joints.index(joint) for joint in skeleton.joints),
        )

    @classmethod
    def from_motion(cls, motion, skeleton, floor):
        """Creates a rig for clips that have none, with y up and z toward the viewer.

        Bones have their mean lengths, and the directions of the first frame.

        Args:
            motion: `[count, T, N, 3]`; x to the right, y down, z away.
            skeleton: the `Skeleton` of the motion. A root at the origin that is not a joint becomes
                the joint `Root`.
            floor: see `Rig`.
        """
        places = motion.reshape(-1, *motion.shape[2:]) @ Y_UP.T
        names, parents = list(skeleton.joints), skeleton.parents()
        if ROOT in parents:  # the origin becomes joint N, which index -1 selects, too
            names.append("Root")
            parents = (*(len(names) - 1 if one == ROOT else one for one in parents), None)
            places = np.pad(places, ((0, 0), (0, 1), (0, 0)))
        order = _depth_first(parents)
        above = [-1 if parents[joint] is None else order.index(parents[joint]) for joint in order]
        places = places[:, order]
        offsets = np.stack([_bone(places, *pair) for pair in enumerate(above)])
        tips = sorted(set(range(len(order))) - set(above))
        return cls(
            # Spaces separate the words of a line, and braces are tokens of their own.
            joints=tuple(re.sub(r"[\s{}]+", "_", names[joint]) for joint in order),
            parents=tuple(above),
            offsets=offsets,
            channels=(POSITIONS + ROTATIONS, *[ROTATIONS] * (len(order) - 1)),
            ends=tuple((tip, tuple(offsets[tip] / 3)) for tip in tips),  # makes the joint visible
            pose=np.tile(_UNTURNED, (len(order), 1)),
            ground=0.0,
            floor=floor,
            axes=Y_UP,
            tracked=tuple(map(order.index, range(len(order)))),
        )


def _depth_first(parents):
    """Returns the joint indices in the order of a file: each before its children."""
    order, waiting = [], [parents.index(None)]
    while waiting:
        joint = waiting.pop()
        order.append(joint)
        waiting += [child for child, parent in reversed([*enumerate(parents)]) if parent == joint]
    return order


def _bone(places, joint, parent):
    """Returns a bone `[3]` with its direction in the first frame and its mean length."""
    if parent < 0:
        return np.zeros(3)
    bones = places[:, joint] - places[:, parent]  # [frames, 3]
    lengths = np.linalg.norm(bones, axis=1)
    shown = 0 if lengths[0] else lengths.argmax()
    return bones[shown] * (lengths.mean() / (lengths[shown] or 1.0))
