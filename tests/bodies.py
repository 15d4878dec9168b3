"""Bodies to draw in tests: a person who faces the camera and waves, and a square."""

import numpy as np

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.skeleton import Skeleton

SKELETON = Skeleton.from_metadata(HUMAN36M_15)
SQUARE = Skeleton(
    name="square",
    joints=("a", "b", "c", "d"),
    edges=((0, 1), (1, 2), (2, 3)),
    bones=((0, 1), (1, 2), (2, 3), (3, 0)),
    left=(0, 1, 2, 3),
    right=(),
    center=0,
)
SQUARE_MOTION = np.array([[[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]])
_STANDING = {
    "RHip": (-13, 0),
    "RKnee": (-13, 45),
    "RFoot": (-13, 90),
    "LHip": (13, 0),
    "LKnee": (13, 45),
    "LFoot": (13, 90),
    "Spine": (0, -23),
    "Thorax": (0, -50),
    "Head": (0, -76),
    "LShoulder": (15, -48),
    "LElbow": (18, -20),
    "LWrist": (20, 5),
    "RShoulder": (-15, -48),
    "RElbow": (-35, -48),
    "RWrist": (-35, -70),
}


def wave(frames):
    """Returns a motion `[frames, 15, 2]`: x right, y down, the hip at the origin."""
    motion = np.tile([_STANDING[joint] for joint in SKELETON.joints], (frames, 1, 1)).astype(float)
    motion[:, SKELETON.joints.index("RWrist"), 0] += 20 * np.sin(np.arange(frames))
    return motion
