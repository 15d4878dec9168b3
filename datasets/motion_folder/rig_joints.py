"""Chooses the joints of a rig to train on: those of the body, not its stand or its fingers."""

import re

import numpy as np

# Rigs with more joints than this are trained without fingers, faces, twists and tips.
MOST_JOINTS = 32
_FAR = 0.5  # share of the body's size
_CHANGING = 0.05  # share of the body's size
_OTHERS = 0.2  # joints beside the body, relative to those of the body
_END_OF_LIMB = re.compile("hand|wrist|head")
_DETAIL = re.compile(r"twist|roll|nub|effector|end$|end[\W_]?site|_ik$|^ik_")


def choose_joints(rig, recordings):
    """Chooses the joints to train on; the first is the root of the body.

    Joints above the body are left out: the root, if its only branch with many joints hangs far from
    it or moves against it, as below `Reference` or `joint_Root`. Of more than `MOST_JOINTS` joints,
    those beyond hands and head and those named as twists, rolls or ends are left out.

    Args:
        rig: a `Rig`.
        recordings: `Recording`s with this rig.

    Returns:
        The names of the joints in the order of the rig, and lines about what was left out.
    """
    body, lines = _body(rig, np.concatenate([one.positions for one in recordings]))
    kept = body
    if len(body) > MOST_JOINTS:
        kept = [joint for joint in body if not _is_detail(rig, joint, body[0])]
    if len(kept) < len(body):
        gone = [rig.joints[joint] for joint in body if joint not in kept]
        lines.append(
            f"{len(gone)} of {len(body)} joints are left out, as fingers, face, twists or ends: "
            f"{_few(gone)}"
        )
    return tuple(rig.joints[joint] for joint in kept), lines


def _body(rig, positions):
    """Returns the indices of the joints from the body's root on, and lines."""
    root, lines = 0, []
    below = _below(rig, root)
    while branches := [joint for joint in below if rig.parents[joint] == root]:
        limbs = max((_below(rig, branch) for branch in branches), key=len)
        others = len(below) - 1 - len(limbs)
        why = _outside(positions, root, limbs)
        if others > _OTHERS * len(limbs) or not why:
            break
        beside = [rig.joints[joint] for joint in sorted(set(below) - set(limbs))]
        lines.append(f"left out of the body: {_few(beside)} ({why} {rig.joints[limbs[0]]})")
        root, below = limbs[0], limbs
    return below, lines


def _below(rig, root):
    """Returns the joint itself and all joints below it; parents stand before their children."""
    found = {root}
    for joint in range(root + 1, len(rig.joints)):
        if rig.parents[joint] in found:
            found.add(joint)
    return sorted(found)


def _outside(positions, root, limbs):
    """Returns why a root is not part of the body whose joints hang below it, or ""."""
    body = positions[:, limbs]
    size = np.median(np.linalg.norm(np.ptp(body, axis=1), axis=-1))
    distance = np.linalg.norm(positions[:, limbs[0]] - positions[:, root], axis=-1)
    if len(limbs) < 2 or not size:
        return ""
    still = np.ptp(positions[:, root], axis=0).max() < 1e-3 * size
    if np.median(distance) > _FAR * size:
        return f"{'never moves, ' if still else ''}lies far from"
    if np.ptp(distance) > _CHANGING * size:
        return "never moves, unlike" if still else "moves against"
    return ""


def _is_detail(rig, joint, root):
    """Whether a joint is named as a twist or an end, or lies beyond a hand or the head."""
    if joint != root and _DETAIL.search(rig.joints[joint].lower()):
        return True
    while joint != root:
        joint = rig.parents[joint]
        if _END_OF_LIMB.search(rig.joints[joint].lower()):
            return True
    return False


def _few(names):
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
