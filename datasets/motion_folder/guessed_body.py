"""Guesses the bones of named joints or markers from their motion."""

import re
import warnings

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from datasets.motion_folder.body import sides
from datasets.motion_folder.known_body import KnownBody

_MOSTLY_SEEN = 0.8  # of the frames of each file
_FRAMES = 200  # that are looked at
_LARGEST = 1e12  # a coordinate beyond this is a mistake
_PELVIS = re.compile("hip|pelvi|waist|sacr|root|[lr]asi|[lr]psi")


def guess_body(recordings):
    """Connects the joints that keep their distances best, and are close to each other.

    Args:
        recordings: `Recording`s with names of joints.

    Returns:
        `(body, lines)`: a `KnownBody` of the joints that all recordings see in most frames, with
        the root in the middle of those named as hips or pelvis, or None if there are fewer than two
        joints; and lines about what was guessed and left out.
    """
    seen = [_seen(one) for one in recordings]
    joints = [joint for joint in recordings[0].joints if all(joint in one for one in seen)]
    if len(joints) < 2:
        return None, []
    gone = sorted({joint for one in recordings for joint in one.joints} - set(joints))
    root = tuple(joint for joint in joints if _PELVIS.search(joint.lower()))
    first = joints.index(root[0]) if root else 0
    tree = minimum_spanning_tree(_costs(recordings, joints))
    order, before = breadth_first_order(tree, first, directed=False)
    hierarchy = {joints[one]: joints[before[one]] if one != first else None for one in order}
    lines = [
        "bones were guessed: joints are connected that keep their distance. If data.png shows "
        "others than you expect, list edges in skeleton.json"
    ]
    if gone:
        named = ", ".join(gone[:5]) + (f" and {len(gone) - 5} more" if len(gone) > 5 else "")
        lines.append(f"left out, because some files miss them in many frames: {named}")
    return KnownBody(hierarchy, tuple(joints), root), lines


def _seen(recording):
    """Returns the names of the joints that are there in most frames."""
    share = np.isfinite(recording.positions).all(axis=-1).mean(axis=0)  # [N]
    pairs = zip(recording.joints, share, strict=True)
    return {joint for joint, known in pairs if known >= _MOSTLY_SEEN}


def _costs(recordings, joints):
    """Returns `[N, N]`: the largest deviation of each distance, plus a twentieth of its mean."""
    size = (len(joints), len(joints))
    spread, mean = np.zeros(size), np.zeros(size)
    for recording in recordings:
        order = [recording.joints.index(joint) for joint in joints]
        positions = recording.positions[:: max(1, len(recording.positions) // _FRAMES), order]
        positions = np.where(np.abs(positions) < _LARGEST, positions, np.nan)
        for joint in range(len(joints)):
            distances = np.linalg.norm(positions - positions[:, [joint]], axis=-1)  # [T, N]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of pairs that are never seen together
                spread[joint] = np.maximum(spread[joint], np.nanstd(distances, axis=0))
                mean[joint] += np.nanmean(distances, axis=0) / len(recordings)
    costs = spread + mean / 20
    mirror = np.arange(len(joints))
    left, right = sides(joints)
    mirror[[*left, *right]] = [*right, *left]
    costs = np.maximum(costs, costs[np.ix_(mirror, mirror)])  # both sides have the same bones
    # Zero would mean no edge. Joints that are never seen together count as far apart.
    largest = np.nanmax(costs, initial=0) or 1.0
    return np.maximum(np.nan_to_num(costs, nan=2 * largest), 1e-9 * largest)
