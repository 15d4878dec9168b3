"""Writes 3-D motion as BVH, the file that Blender and other animation programs open."""

import numpy as np
from scipy.spatial.transform import Rotation

from sagcn_tf.files import atomic_write
from sagcn_tf.skeleton import ROOT

METRES = {"metre": 1.0, "centimetre": 0.01, "millimetre": 0.001}
_CHANNELS = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
# How much a bone wants to keep the twist of its parent, beside pointing at its children.
_KEEP_TWIST = 1e-3


def write_bvh(path, motion, skeleton, frame_rate, unit):
    """Writes one motion; read again, each joint is where it was to a millionth of its size.

    Bones turn as their joints say. As generated bones also change their lengths a little, each
    joint has position channels as well, which hold its place in the frame of its parent. BVH has
    y up and z towards the viewer, and is written in metres where the unit is one of `METRES`, else
    as it is. The rest pose is the first frame.

    Args:
        path: the file to write; it is written whole.
        motion: `[T, N, 3]` in the unit of the data; x to the right, y down, z away.
        skeleton: its `Skeleton`. A root at the origin that is no joint becomes the joint `Root`.
        frame_rate: frames a second.
        unit: of the motion.

    Raises:
        ValueError: if the motion is not 3-D, or not of this skeleton.
    """
    motion = np.asarray(motion, np.float64)
    if motion.ndim != 3 or motion.shape[1:] != (skeleton.num_joints, 3):
        raise ValueError(
            f"motion: expected [frames, {skeleton.num_joints}, 3], got {list(motion.shape)}."
        )
    positions = motion * [1, -1, -1] * METRES.get(unit, 1.0)
    names, parents = ["_".join(joint.split()) for joint in skeleton.joints], skeleton.parents()
    if ROOT in parents:  # The root comes first, so all other numbers rise by one.
        names = ["Root", *names]
        parents = (None, *(parent + 1 for parent in parents))
        positions = np.pad(positions, ((0, 0), (1, 0), (0, 0)))
    order = _depth_first(parents)
    offsets = _rest_offsets(positions, parents)
    rows = np.concatenate(_channels(positions, parents, order, offsets), axis=1)
    decimals = max(6 - int(np.floor(np.log10(np.abs(positions).max() or 1.0))), 0)
    numbers = f"%.{decimals}f"
    text = ["HIERARCHY", *_hierarchy(order[0], names, parents, offsets, numbers), "MOTION"]
    text += [f"Frames: {len(rows)}", f"Frame Time: {1 / frame_rate:.9f}"]
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        file.write("\n".join(text) + "\n")
        np.savetxt(file, rows, ([numbers] * 3 + ["%.6f"] * 3) * len(names))


def _depth_first(parents):
    """Numbers of the joints, each before its children, as they stand in the file."""
    order, waiting = [], [parents.index(None)]
    while waiting:
        joint = waiting.pop()
        order.append(joint)
        waiting += [child for child, parent in reversed([*enumerate(parents)]) if parent == joint]
    return order


def _rest_offsets(positions, parents):
    """Each joint relative to its parent as in the first frame, with its mean length, `[N, 3]`."""
    offsets = np.zeros((len(parents), 3))
    for joint, parent in enumerate(parents):
        if parent is not None:
            bone = positions[:, joint] - positions[:, parent]  # [T, 3]
            lengths = np.linalg.norm(bone, axis=1)
            if lengths[0]:
                offsets[joint] = bone[0] * (lengths.mean() / lengths[0])
    return offsets


def _channels(positions, parents, order, offsets):
    """Place and rotation of each joint in the frame of its parent: N times `[T, 6]`, in order."""
    still = np.broadcast_to(np.eye(3), (len(positions), 3, 3))
    rotations, channels = {None: still}, []
    for joint in order:
        parent, children = parents[joint], [c for c, p in enumerate(parents) if p == joint]
        turned = rotations[parent]  # [T, 3, 3]
        bones = positions[:, children] - positions[:, [joint]]  # [T, children, 3]
        rotations[joint] = _align(offsets[children], bones, turned) if children else turned
        place = positions[:, joint] - (positions[:, parent] if parent is not None else 0.0)
        place = np.einsum("tji,tj->ti", turned, place)
        local = Rotation.from_matrix(turned.swapaxes(1, 2) @ rotations[joint])
        angles = local.as_euler("ZXY", degrees=True, suppress_warnings=True)
        channels.append(np.concatenate([place, angles], axis=1))
    return channels


def _align(offsets, bones, turned):
    """The rotations `[T, 3, 3]` that bring rest offsets `[children, 3]` nearest to `bones`.

    What the bones leave open (the twist about a single one) is as in `turned`, their parent's.
    """
    both = np.einsum("tci,cj->tij", bones, offsets)
    size = np.square(offsets).sum() or 1.0
    left, _, right = np.linalg.svd(both + _KEEP_TWIST * size * turned)
    left[..., -1] *= np.linalg.det(left @ right)[:, None]  # no mirror images
    return left @ right


def _hierarchy(joint, names, parents, offsets, numbers, depth=0):
    """The lines of a joint and of all below it."""
    children = [child for child, parent in enumerate(parents) if parent == joint]
    lines = [
        f"{'JOINT' if depth else 'ROOT'} {names[joint]}",
        "{",
        f"  OFFSET {_write(offsets[joint], numbers)}",
        f"  {_CHANNELS}",
    ]
    for child in children:
        below = _hierarchy(child, names, parents, offsets, numbers, depth + 1)
        lines += [f"  {line}" for line in below]
    if not children:  # a bone of some length, so that it is seen
        tip = _write(offsets[joint] / 3, numbers)
        lines += ["  End Site", "  {", f"    OFFSET {tip}", "  }"]
    return [*lines, "}"]


def _write(vector, numbers):
    return " ".join(numbers % value for value in vector)
