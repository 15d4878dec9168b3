"""Reads BVH files: a hierarchy of joints with channels, then a row of numbers per frame.

All common variants are supported: channels in any order and number, End Sites, and position
channels for any joint. As in Blender and MotionBuilder, a position channel replaces the OFFSET of
its joint: it is the position in the axes of the parent. So are oddities of exporters: comments,
NUL bytes and Ctrl-Z, rows that are wrapped over several lines, one row more than announced, scale
channels (passed over), several ROOTs (the one with the most joints is read), and texts in UTF-16 or
Latin-1.
"""

import re

import numpy as np

from datasets.motion_folder.bvh_hierarchy import BvhHierarchy
from datasets.motion_folder.recording import Recording
from datasets.motion_folder.rows import read_rows
from datasets.motion_folder.text import decode
from datasets.raw_data_error import RawDataError

_FRAMES_AT_ONCE = 4096


def read_bvh(path) -> Recording:
    """Reads a BVH file.

    Args:
        path: `pathlib.Path` of the file.

    Returns:
        A `Recording` with a rig.

    Raises:
        RawDataError: if the file is not a valid BVH file. The message names the line, but not the
            file.
    """
    text, notes = decode(path.read_bytes())
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [line for line in lines if line[1] and not line[1].startswith(("#", "//"))]
    starts = [index for index, (_, text) in enumerate(lines) if text.upper() == "MOTION"]
    if not lines or lines[0][1].upper() != "HIERARCHY" or not starts:
        raise RawDataError("not a BVH file: expected a line HIERARCHY, and below it a line MOTION.")
    hierarchy = BvhHierarchy()
    for number, line in lines[1 : starts[0]]:
        hierarchy.read(number, line)
    rigs = hierarchy.rigs(lines[starts[0]][0])
    counts = [sum(map(len, rig.channels)) for rig in rigs]
    frame_rate, rows, extra = _read_motion(lines[starts[0] + 1 :], sum(counts))
    chosen = max(range(len(rigs)), key=lambda number: len(rigs[number].joints))
    if len(rigs) > 1:
        roots = ", ".join(rig.joints[0] for rig in rigs)
        notes.append(f"has {len(rigs)} ROOTs ({roots}); {rigs[chosen].joints[0]} is read")
    if extra:
        notes.append("has one row more than Frames announces; all rows are read")
    first = sum(counts[:chosen])
    rows = rows[:, first : first + counts[chosen]]
    positions, rig = _all_positions(rigs[chosen], rows), rigs[chosen].measured(rows)
    return Recording(
        positions, rig.joints, frame_rate=frame_rate, up="+y", rig=rig, notes=tuple(notes)
    )


def _read_motion(lines, channels):
    """Returns the frame rate, the rows of channels `[T, channels]`, and whether one is extra."""
    heads = [re.fullmatch(r"([^:]+):\s*(\S+)", text) for _, text in lines[:2]]
    names = [match and " ".join(match[1].lower().split()) for match in heads]
    if names != ["frames", "frame time"]:
        raise RawDataError(
            "expected lines 'Frames: NUMBER' and 'Frame Time: SECONDS' below MOTION."
        )
    try:
        frames, frame_time = int(heads[0][2]), float(heads[1][2])
    except ValueError:
        raise RawDataError(f"line {lines[0][0]}: Frames or Frame Time is not a number.") from None
    if not 1e-6 < frame_time < 1e6:
        raise RawDataError(f"line {lines[1][0]}: expected a Frame Time above 0, got {frame_time}.")
    if not channels:
        raise RawDataError("expected CHANNELS in at least one joint.")
    rows = _unwrapped(lines[2:], channels, frames)
    if frames not in (len(rows), len(rows) - 1):
        raise RawDataError(
            f"line {lines[0][0]}: expected {frames} frames, got {len(rows)}; the file may be "
            "truncated."
        )
    return 1.0 / frame_time, read_rows(rows, channels), len(rows) > frames


def _unwrapped(lines, channels, frames):
    """Joins the lines of each row, if rows were wrapped."""
    if not lines or len(lines[0][1].split()) == channels:
        return lines
    cells = [(number, cell) for number, text in lines for cell in text.split()]
    if len(cells) not in (channels * frames, channels * (frames + 1)):
        return lines
    starts = range(0, len(cells), channels)
    return [
        (cells[start][0], " ".join(cell for _, cell in cells[start : start + channels]))
        for start in starts
    ]


def _all_positions(rig, rows):
    """Returns float64 `[T, N, 3]`."""
    # In chunks, because rotations take three times the memory of positions.
    starts = range(0, len(rows), _FRAMES_AT_ONCE)
    with np.errstate(over="ignore", invalid="ignore"):
        parts = [_positions(rig, rows[start : start + _FRAMES_AT_ONCE]) for start in starts]
        positions = np.concatenate(parts)
    if not np.isfinite(positions).all():
        raise RawDataError(
            "expected finite positions of joints, but OFFSETs or channels are too large."
        )
    return positions


def _positions(rig, rows):
    """Forward kinematics from rows of channels `[T, channels]` to positions `[T, N, 3]`."""
    frames, first = len(rows), 0
    positions = np.empty((frames, len(rig.joints), 3))
    turned = []  # the rotation of each joint in world axes, [T, 3, 3]
    for joint, parent in enumerate(rig.parents):
        place = np.tile(np.array(rig.offsets[joint]), (frames, 1))
        rotation = np.eye(3)
        for channel in map(str.lower, rig.channels[joint]):
            axis = "xyz".index(channel[0])
            if channel.endswith("position"):
                place[:, axis] = rows[:, first]
            elif channel.endswith("rotation"):  # about the axis as turned by those before
                rotation = rotation @ _rotation(axis, np.radians(rows[:, first]))
            first += 1
        if parent >= 0:
            place = positions[:, parent] + np.einsum("tij,tj->ti", turned[parent], place)
            rotation = turned[parent] @ rotation
        positions[:, joint] = place
        turned.append(np.broadcast_to(rotation, (frames, 3, 3)))
    return positions


def _rotation(axis, angles):
    """Rotation matrices `[T, 3, 3]` about one of the axes x, y, z by angles `[T]`."""
    # scipy's Rotation.from_euler takes five times as long.
    matrices = np.tile(np.eye(3), (len(angles), 1, 1))
    second, third = (axis + 1) % 3, (axis + 2) % 3
    matrices[:, second, second] = matrices[:, third, third] = np.cos(angles)
    matrices[:, third, second] = np.sin(angles)
    matrices[:, second, third] = -matrices[:, third, second]
    return matrices
