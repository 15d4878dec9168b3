"""Selects the body of the main actor and follows it through all frames."""

import numpy as np

from datasets.ntu_rgbd.body import JOINTS, VALUES, Body
from datasets.skeletons import NTU_25

ROOT = NTU_25["joints"].index("SpineBase")
_WIDEST = 0.8  # width / height; anything wider is furniture
_NEAREST = 0.3  # meters; two bodies whose spine bases are closer are the same person


def main_actor(bodies, length):
    """Selects the body that moves most, by the sum of the variances of its coordinates.

    Bodies wider than 0.8 of their height (furniture) and bodies seen in fewer than half of the
    frames are selected only if there is no other.

    Args:
        bodies: list of `Body`, at least one.
        length: L, number of frames.

    Returns:
        One of the bodies.
    """
    upright = [body for body in bodies if not _is_wide(body)]
    lasting = [body for body in upright if 2 * len(body.frames) >= length]
    return max(lasting or upright or bodies, key=_movement)


def follow(actor, bodies, length):
    """Follows the main actor through all frames.

    The sensor may lose the actor and find the same person under a new identity. In frames without
    the actor, a body whose spine base is within 0.3 m of the actor's last position (before the
    first appearance: of its next position) is taken for the actor.

    Args:
        actor: `Body` of the main actor.
        bodies: list of all bodies, each a `Body`.
        length: L, number of frames.

    Returns:
        A `Body` with all L frames; its joints are NaN in those without the actor.
    """
    joints = np.full((length, JOINTS, VALUES), np.nan)
    seen = np.zeros(length, bool)
    joints[actor.frames], seen[actor.frames] = actor.joints, True
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
                    body, index = near
                    joints[frame], seen[frame] = body.joints[index], True
            if seen[frame]:
                last = joints[frame, ROOT, :3]
    return Body(np.arange(length), joints)


def _nearest(others, position):
    """Returns the (body, index) nearest to a position; None if all are too far away."""

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
