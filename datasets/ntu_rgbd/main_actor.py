"""Which of the bodies is the person who acts, and where that person is in every frame."""

import numpy as np

from datasets.ntu_rgbd.body import JOINTS, VALUES
from datasets.skeletons import NTU_25

ROOT = NTU_25["joints"].index("SpineBase")
_WIDEST = 0.8  # of the height; what is wider is furniture
_NEAREST = 0.3  # meters between the spine bases of two bodies that are one person


def main_actor(bodies, length):
    """Chooses the body that moves most: the sum of the variances of all its coordinates.

    Bodies that are nearly as wide as high (furniture) and those seen in fewer than half of the
    frames are chosen only where no other is left.

    Args:
        bodies: list of `Body`, at least one.
        length: number of frames.

    Returns:
        One of the bodies.
    """
    upright = [body for body in bodies if not _is_wide(body)]
    lasting = [body for body in upright if 2 * len(body.frames) >= length]
    return max(lasting or upright or bodies, key=_movement)


def follow(actor, bodies, length):
    """Follows the main actor through all frames.

    Where the sensor lost the actor, another body whose spine base is within 0.3 m of where the
    actor was last (or, before the first time, will be next) is the same person under a new
    identity.

    Args:
        actor: the `Body` of the main actor.
        bodies: list of all `Body`s.
        length: L, number of frames.

    Returns:
        joints: float64 `[L, 25, 12]` as in `Body`; NaN in frames where the actor is not seen.
        tracked: bool `[L]` as in `Body`.
    """
    joints = np.full((length, JOINTS, VALUES), np.nan)
    tracked = np.zeros(length, bool)
    seen = np.zeros(length, bool)

    def add(body, index):
        frame = body.frames[index]
        joints[frame], tracked[frame], seen[frame] = body.joints[index], body.tracked[index], True

    for index in range(len(actor.frames)):
        add(actor, index)
    others = {}
    for body in bodies:
        for index, frame in enumerate(body.frames):
            if not seen[frame]:
                others.setdefault(frame, []).append((body, index))
    for frames in (range(length), reversed(range(length))):
        last = None
        for frame in frames:
            if last is not None and not seen[frame]:
                near = _nearest(others.get(frame, []), last)
                if near:
                    add(*near)
            if seen[frame]:
                last = joints[frame, ROOT, :3]
    return joints, tracked


def _nearest(others, position):
    """The (body, index) of the one nearest to a position, if it is near enough."""

    def distance(other):
        body, index = other
        return np.linalg.norm(body.positions[index, ROOT] - position)

    near = [other for other in others if distance(other) < _NEAREST]
    return min(near, key=distance, default=None)


def _movement(body):
    return body.positions.var(axis=0).sum()


def _is_wide(body):
    width, height, _ = np.ptp(body.positions, axis=1).mean(axis=0)  # [F, 25, 3] -> [3]
    return width > _WIDEST * height
