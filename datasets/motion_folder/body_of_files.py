"""Finds out which body the files of a folder have."""

import collections

import numpy as np

from datasets.motion_folder.guessed_body import guess_body
from datasets.motion_folder.known_body import KnownBody, body_of_names
from datasets.motion_folder.rig_joints import choose_joints

_TALLER = 1.5  # BVH files of Blender have z up


def body_of_files(recordings):
    """Returns the body that most recordings have.

    Args:
        recordings: some `Recording`s of a folder.

    Returns:
        `(body, lines)`: a `KnownBody` of the rig that most BVH files have, of joints with
        well-known names, or with guessed bones, or None if the files don't name their joints; and
        lines about what was chosen.
    """
    rigs = collections.Counter(one.rig.joints for one in recordings if one.rig)
    if rigs:
        joints, _ = rigs.most_common(1)[0]
        same = [one for one in recordings if one.rig and one.rig.joints == joints]
        chosen, lines = choose_joints(same[0].rig, same)
        up = "+z" if _is_z_up(same, chosen) else None
        if up:
            lines.append(
                "people are taller along z than along y: z is up, unless skeleton.json has another"
            )
        return KnownBody(same[0].rig.hierarchy(), chosen, up=up), lines
    for one in recordings:
        if one.joints and (body := body_of_names(one.joints)):
            gone = [joint for joint in body.hierarchy if joint not in (body.joints or one.joints)]
            lines = [f"left out unless skeleton.json lists them: {', '.join(gone)}"] if gone else []
            return body, lines
    named = [one for one in recordings if one.joints]
    return guess_body(named) if named else (None, [])


def _is_z_up(recordings, joints):
    """Whether people in BVH files, where y is up as a rule, are much taller along z."""
    order = [recordings[0].joints.index(joint) for joint in joints]
    sizes = [np.ptp(one.positions[:, order], axis=1) for one in recordings]  # [T, 3] each
    _, y, z = np.median(np.concatenate(sizes), axis=0)
    return z > _TALLER * y
