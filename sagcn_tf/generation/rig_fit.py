"""Turns the joints of a rig so that they come as close as possible to those of a motion."""

import dataclasses

import numpy as np
from scipy.spatial.transform import Rotation

from sagcn_tf.generation.rig import POSITIONS

# Weight of the typical rotation, relative to the bones below.
_TYPICAL = 1e-4


@dataclasses.dataclass(frozen=True, eq=False)
class RigMotion:
    """The motion of a rig over T frames.

    Attributes:
        turns: float64 `[T, J, 3, 3]`, rotations of the joints relative to their parents.
        carrier: index of the joint that moves the body; all others keep their offsets.
        shifts: float64 `[T, 3]`, place of the carrier relative to its parent.
    """

    turns: np.ndarray
    carrier: int
    shifts: np.ndarray


def fit(rig, motion) -> RigMotion:
    """Fits a rig to the joints of a motion, from the root outward.

    Each joint turns so that what is below it, in its typical pose, comes as close as possible
    (least squares) to the next joints of the motion. Because it aims from its own place on the rig,
    differences in bone length do not add up to drift. What positions do not determine, such as the
    twist about a single bone and joints that the motion does not have, is taken from `rig.pose`.

    Args:
        rig: a `Rig`.
        motion: `[T, N, 3]`; x to the right, y down, z away.

    Returns:
        A `RigMotion`.
    """
    targets = _targets(rig, np.asarray(motion, np.float64))
    typical = Rotation.from_quat(rig.pose).as_matrix()  # [J, 3, 3]
    below, top = _tracked_below(rig, typical), rig.top
    turns = np.tile(typical, (len(targets), 1, 1, 1))
    world = {-1: np.broadcast_to(np.eye(3), (len(targets), 3, 3))}
    places = {top: targets[:, top]} if top in rig.tracked else {}
    for joint, parent in enumerate(rig.parents):
        aims, vectors = below[joint]
        if parent in places:
            places[joint] = places[parent] + world[parent] @ rig.offsets[joint]
        if joint in places:
            center, pivot = places[joint], np.zeros(3)
        elif joint == top:  # no joint of the motion: the body turns about its middle
            center, pivot = targets[:, aims].mean(axis=1), vectors.mean(axis=0)
        if len(aims) and (joint in places or joint == top):
            goals = (targets[:, aims] - center[:, None]) @ world[parent]  # in the parent's axes
            turns[:, joint] = _align(vectors - pivot, goals, typical[joint])
        world[joint] = world[parent] @ turns[:, joint]
        if joint == top:
            places[top] = center - world[top] @ pivot
    carrier = _carrier(rig, top)
    still = RigMotion(turns, carrier, np.zeros((len(targets), 3)))
    moved = places[top] - joint_places(rig, still)[:, top]
    heights = np.stack([places[joint] for joint in rig.tracked], axis=1) @ rig.up  # [T, tracked]
    lowest = {"frame": heights.min(axis=1, keepdims=True), "clip": heights.min(), "zero": 0.0}
    moved = moved + (rig.ground - lowest[rig.floor]) * rig.up
    shifts = np.einsum("tji,tj->ti", world[rig.parents[carrier]], moved)
    return dataclasses.replace(still, shifts=shifts)


def joint_places(rig, motion):
    """Returns the places of all joints, float64 `[T, J, 3]`, by forward kinematics.

    Args:
        rig: a `Rig`.
        motion: a `RigMotion`.
    """
    places = np.zeros((*motion.turns.shape[:2], 3))
    world = {-1: np.broadcast_to(np.eye(3), motion.turns[:, 0].shape)}
    for joint, parent in enumerate(rig.parents):
        offset = rig.offsets[joint] if joint != motion.carrier else motion.shifts[..., None]
        offset = (world[parent] @ offset).reshape(-1, 3)
        places[:, joint] = offset + (places[:, parent] if parent >= 0 else 0.0)
        world[joint] = world[parent] @ motion.turns[:, joint]
    return places


def _targets(rig, motion):
    """Returns the target places of the tracked joints, `[T, J, 3]`, in the axes of the rig."""
    targets = np.zeros((len(motion), len(rig.joints), 3))
    origin = len(rig.tracked) - motion.shape[1]  # 1 if the origin is tracked, too
    motion = np.pad(motion, ((0, 0), (0, origin), (0, 0)))
    targets[:, list(rig.tracked)] = motion @ rig.axes.T
    return targets


def _tracked_below(rig, typical):
    """Returns the next tracked joints below each joint, and where they are in the typical pose.

    List of pairs: indices `[A]`, and vectors `[A, 3]` in the axes of the joint.
    """
    below = [{} for _ in rig.joints]
    for joint in range(len(rig.joints) - 1, 0, -1):  # children stand after their parents
        offset, found = rig.offsets[joint], below[joint]
        if joint in rig.tracked:
            found = {joint: offset}
        else:
            found = {aim: offset + typical[joint] @ vector for aim, vector in found.items()}
        below[rig.parents[joint]].update(found)
    return [
        (sorted(found), np.array([found[aim] for aim in sorted(found)]).reshape(-1, 3))
        for found in below
    ]


def _carrier(rig, top):
    """Returns the joint with position channels that is nearest above the body; else the root."""
    joint = top
    while joint > 0 and not set(POSITIONS) <= set(rig.channels[joint]):
        joint = rig.parents[joint]
    return joint


def _align(vectors, goals, typical):
    """Returns the rotations `[T, 3, 3]` that best align vectors `[A, 3]` with goals `[T, A, 3]`."""
    covariance = np.einsum("tai,aj->tij", goals, vectors)
    size = np.square(vectors).sum() or 1.0
    left, _, right = np.linalg.svd(covariance + _TYPICAL * size * typical)
    left[..., -1] *= np.linalg.det(left @ right)[:, None]  # no reflections
    return left @ right
