"""Writes 3-D motion as BVH files, which Blender and other animation programs open."""

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.spatial.transform import Rotation

from sagcn_tf.files import atomic_write
from sagcn_tf.generation.rig import POSITIONS, ROTATIONS
from sagcn_tf.generation.rig_fit import fit


def write_bvh(path, motion, rig, frame_rate, recorded_rate=None):
    """Writes one motion to a BVH file, with bones of fixed lengths.

    The file has the hierarchy, the names, the order of channels, the axes and the unit of the rig.
    Channels that turn or move the body are added where the rig lacks them.

    Args:
        path: the file to write, atomically.
        motion: `[T, N, 3]` in the unit of the rig; x to the right, y down, z away.
        rig: the `Rig`.
        frame_rate: frames per second of the motion.
        recorded_rate: frames per second of the file; frames in between are interpolated by a cubic
            spline. Default: `frame_rate`.
    """
    recorded_rate = recorded_rate or frame_rate
    fitted = fit(rig, _resampled(motion, frame_rate, recorded_rate))
    channels = [_channels(rig, joint, fitted.carrier) for joint in range(len(rig.joints))]
    columns = [_values(rig, fitted, joint, names) for joint, names in enumerate(channels)]
    rows = np.concatenate(columns, axis=1)
    # Six decimals of a meter; more or fewer for bodies of another size.
    size = max(np.abs(rig.offsets).max(), np.abs(fitted.shifts).max()) or 1.0
    decimals = f"%.{max(6 - int(np.floor(np.log10(size))), 0)}f"
    formats = [
        "%.6f" if name.endswith("rotation") else decimals for names in channels for name in names
    ]
    text = ["HIERARCHY", *_hierarchy(rig, channels, decimals), "MOTION"]
    text += [f"Frames: {len(rows)}", f"Frame Time: {1 / recorded_rate:.9f}"]
    with atomic_write(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
        file.write("\n".join(text) + "\n")
        np.savetxt(file, rows, formats)


def _resampled(motion, frame_rate, wanted):
    """Interpolates motion `[T, ...]` at another frame rate, from the first to the last frame."""
    if abs(wanted / frame_rate - 1) < 1e-3 or len(motion) < 2:
        return motion
    times = np.arange(len(motion)) / frame_rate
    spline = make_interp_spline(times, motion, k=min(3, len(motion) - 1))
    return spline(np.arange(int(times[-1] * wanted + 1e-6) + 1) / wanted)


def _channels(rig, joint, carrier):
    """Returns the channels of a joint in the file: those of the rig, and those that it needs."""
    given = [name for name in rig.channels[joint] if name in POSITIONS + ROTATIONS]
    moved = [name for name in POSITIONS if joint == carrier and name not in given]
    turned = [name for name in ROTATIONS if joint in rig.parents and name not in given]
    return [*moved, *given, *turned]


def _values(rig, fitted, joint, names):
    """Returns the values `[T, channels]` of the channels of a joint."""
    frames = len(fitted.shifts)
    place = fitted.shifts if joint == fitted.carrier else np.tile(rig.offsets[joint], (frames, 1))
    values = dict(zip(POSITIONS, place.T, strict=True))
    turning = [name for name in names if name in ROTATIONS]
    if len(turning) == 3:
        order = "".join(name[0] for name in turning)
        rotation = Rotation.from_matrix(fitted.turns[:, joint])
        angles = rotation.as_euler(order, degrees=True, suppress_warnings=True)
        # Without jumps from 180 to -180, which programs would interpolate the long way round.
        values.update(zip(turning, np.unwrap(angles, period=360, axis=0).T, strict=True))
    values = [values.get(name, np.zeros(frames)) for name in names]
    return np.array(values).reshape(len(names), frames).T


def _hierarchy(rig, channels, decimals):
    """Returns the lines of all joints."""
    lines, depths = [], {-1: -1}
    for joint, parent in enumerate(rig.parents):
        depth = depths[joint] = depths[parent] + 1
        lines += _closed(depths.get(joint - 1, -1), depth)
        lines += [
            "  " * depth + f"{'JOINT' if depth else 'ROOT'} {rig.joints[joint]}",
            "  " * depth + "{",
            "  " * depth + f"  OFFSET {_text(rig.offsets[joint], decimals)}",
            "  " * depth
            + "  "
            + " ".join(["CHANNELS", str(len(channels[joint])), *channels[joint]]),
        ]
        ends = [offset for end, offset in rig.ends if end == joint]
        for offset in ends:
            tip = ["End Site", "{", f"  OFFSET {_text(offset, decimals)}", "}"]
            lines += ["  " * depth + f"  {line}" for line in tip]
    return [*lines, *_closed(depth, 0)]


def _closed(last, depth):
    """Returns the braces that end the joints from depth `last` up to `depth`."""
    return ["  " * level + "}" for level in range(last, depth - 1, -1)]


def _text(vector, decimals):
    return " ".join(decimals % value for value in vector)
