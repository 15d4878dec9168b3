"""Writes 3-D motion as BVH files, which Blender and other animation programs open."""

import numpy as np
from scipy.spatial.transform import Rotation

from sagcn_tf.files import atomic_write
from sagcn_tf.skeleton import ROOT

METERS_PER_UNIT = {
    prefix + name: size
    for prefix, size in (("", 1.0), ("centi", 0.01), ("milli", 0.001))
    for name in ("meter", "metre")
}
_CHANNELS = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
# Weight of keeping the twist of the parent, relative to pointing at the children.
_TWIST_WEIGHT = 1e-3


def write_bvh(path, motion, skeleton, frame_rate, unit):
    """Writes one motion to a BVH file.

    Each joint has rotation channels. Because the lengths of generated bones vary a little, each
    joint also has position channels, relative to its parent, so the file keeps joint positions
    with a relative precision of 1e-6. The first frame is the rest pose. In the file, y points up
    and z towards the viewer. Units in `METERS_PER_UNIT` are converted to meters; other coordinates
    are not scaled.

    Args:
        path: the file to write, atomically.
        motion: `[T, N, 3]` in the unit of the data; x to the right, y down, z away.
        skeleton: the `Skeleton` of the motion. A root at the origin that is not a joint is written
            as the joint `Root`.
        frame_rate: frames per second.
        unit: unit of the motion.

    Raises:
        ValueError: if the motion is not 3-D or does not fit the skeleton.
    """
    motion = np.asarray(motion, np.float64)
    if motion.ndim != 3 or motion.shape[1:] != (skeleton.num_joints, 3):
        raise ValueError(
            f"motion: expected [frames, {skeleton.num_joints}, 3], got {list(motion.shape)}."
        )
    positions = motion * [1, -1, -1] * METERS_PER_UNIT.get(unit, 1.0)
    names, parents = ["_".join(joint.split()) for joint in skeleton.joints], skeleton.parents()
    if ROOT in parents:  # the root becomes joint 0 and shifts all others by one
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
    """Returns the joint indices in the order of the file: each before its children."""
    order, waiting = [], [parents.index(None)]
    while waiting:
        joint = waiting.pop()
        order.append(joint)
        waiting += [child for child, parent in reversed([*enumerate(parents)]) if parent == joint]
    return order


def _rest_offsets(positions, parents):
    """Returns bones `[N, 3]` with the direction of the first frame and their mean length."""
    offsets = np.zeros((len(parents), 3))
    for joint, parent in enumerate(parents):
        if parent is not None:
            bone = positions[:, joint] - positions[:, parent]  # [T, 3]
            lengths = np.linalg.norm(bone, axis=1)
            if lengths[0]:
                offsets[joint] = bone[0] * (lengths.mean() / lengths[0])
    return offsets


def _channels(positions, parents, order, offsets):
    """Returns position and rotation relative to the parent, `[T, 6]` for each joint in order."""
    identity = np.broadcast_to(np.eye(3), (len(positions), 3, 3))
    rotations, channels = {None: identity}, []
    for joint in order:
        parent, children = parents[joint], [c for c, p in enumerate(parents) if p == joint]
        above = rotations[parent]  # [T, 3, 3]
        bones = positions[:, children] - positions[:, [joint]]  # [T, children, 3]
        rotations[joint] = _align(offsets[children], bones, above) if children else above
        offset = positions[:, joint] - (positions[:, parent] if parent is not None else 0.0)
        offset = np.einsum("tji,tj->ti", above, offset)
        local = Rotation.from_matrix(above.swapaxes(1, 2) @ rotations[joint])
        angles = local.as_euler("ZXY", degrees=True, suppress_warnings=True)
        channels.append(np.concatenate([offset, angles], axis=1))
    return channels


def _align(offsets, bones, above):
    """Returns the rotations `[T, 3, 3]` that best align rest offsets `[children, 3]` with `bones`.

    If the bones do not determine the rotation, as with the twist about a single bone, it follows
    `above`, the rotations of the parent.
    """
    covariance = np.einsum("tci,cj->tij", bones, offsets)
    size = np.square(offsets).sum() or 1.0
    left, _, right = np.linalg.svd(covariance + _TWIST_WEIGHT * size * above)
    left[..., -1] *= np.linalg.det(left @ right)[:, None]  # no reflections
    return left @ right


def _hierarchy(joint, names, parents, offsets, numbers, depth=0):
    """Returns the lines of a joint and all its descendants."""
    children = [child for child, parent in enumerate(parents) if parent == joint]
    lines = [
        f"{'JOINT' if depth else 'ROOT'} {names[joint]}",
        "{",
        f"  OFFSET {_format(offsets[joint], numbers)}",
        f"  {_CHANNELS}",
    ]
    for child in children:
        below = _hierarchy(child, names, parents, offsets, numbers, depth + 1)
        lines += [f"  {line}" for line in below]
    if not children:  # a short bone, to make the joint visible
        tip = _format(offsets[joint] / 3, numbers)
        lines += ["  End Site", "  {", f"    OFFSET {tip}", "  }"]
    return [*lines, "}"]


def _format(vector, numbers):
    return " ".join(numbers % value for value in vector)
