"""Rigs like those of users, and motion that fits them."""

import numpy as np
from scipy.spatial.transform import Rotation

from sagcn_tf.skeleton import Skeleton
from tests.bvh_folder import JOINTS

NAMES = tuple(JOINTS)
PARENTS = tuple(NAMES.index(parent) if parent else -1 for parent, _ in JOINTS.values())
OFFSETS = np.array([offset for _, offset in JOINTS.values()], np.float64)
_ROTATIONS = ["Zrotation", "Xrotation", "Yrotation"]
_POSITIONS = ["Xposition", "Yposition", "Zposition"]


def source(up="+y", pose=None, **others):
    """Returns the rig of `tests.bvh_folder` as `MotionData.source` holds it."""
    pose = [[0, 0, 0, 1]] * len(NAMES) if pose is None else pose
    rig = {
        "joints": list(NAMES),
        "parents": list(PARENTS),
        "offsets": OFFSETS.tolist(),
        "channels": [_POSITIONS + _ROTATIONS, *[_ROTATIONS] * (len(NAMES) - 1)],
        "ends": [[NAMES.index("Head"), [0, 5, 0]], [NAMES.index("LeftToe"), [0, 0, 4]]],
        "pose": pose,
        "ground": 0.0,
    }
    return {"up": up, "frame_rate": 30.0, "rig": {**rig, **others}}


def skeleton(joints=NAMES):
    """Returns the `Skeleton` of some joints: each hangs on its nearest ancestor, or the first."""
    edges = []
    for number, joint in enumerate(joints):
        parent = JOINTS[joint][0]
        while parent is not None and parent not in joints:
            parent = JOINTS[parent][0]
        if number:
            edges.append((joints.index(parent) if parent else 0, number))
    left, right = (
        tuple(number for number, joint in enumerate(joints) if joint.startswith(side))
        for side in ("Left", "Right")
    )
    return Skeleton("rig", tuple(joints), tuple(edges), tuple(edges), left, right, 0)


def places_of(turns, root, parents=PARENTS, offsets=OFFSETS):
    """Forward kinematics joint by joint and frame by frame, to compare with.

    Args:
        turns: `[T, J, 3, 3]`, rotations relative to the parents.
        root: `[T, 3]`, places of the root.
    """
    places = np.zeros((*turns.shape[:2], 3))
    for frame, turn in enumerate(turns):
        world = []
        for joint, parent in enumerate(parents):
            above = world[parent] if joint else np.eye(3)
            start = places[frame, parent] + above @ offsets[joint] if joint else root[frame]
            places[frame, joint] = start
            world.append(above @ turn[joint])
    return places


def dancing(frames=12, seed=0, size=0.6):
    """Returns smooth random turns `[T, J, 3, 3]` and a root path `[T, 3]` in the rig's axes."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, frames)[:, None, None]
    vectors = rng.normal(size=(2, len(NAMES), 3)) * size
    turns = Rotation.from_rotvec((vectors[0] + np.sin(3 * time) * vectors[1]).reshape(-1, 3))
    root = np.concatenate([5 * time[:, 0], 90 + 4 * np.sin(9 * time[:, 0]), 0 * time[:, 0]], axis=1)
    return turns.as_matrix().reshape(frames, len(NAMES), 3, 3), root


def to_motion(places):
    """Turns places in y-up axes to motion relative to the root: x right, y down, z away."""
    return (places - places[:, :1]) * [1, -1, -1]
