"""Reads BVH files: a hierarchy of joints with channels, then a row of numbers per frame.

All common variants are supported: channels in any order and number, End Sites, and position
channels for any joint. As in Blender and MotionBuilder, a position channel replaces the OFFSET of
its joint: it is the position in the axes of the parent.
"""

import dataclasses
import math
import re

import numpy as np

from datasets.motion_folder.rows import read_rows
from datasets.raw_data_error import RawDataError

_CHANNEL = re.compile(r"([xyz])(position|rotation)")
_FRAMES_AT_ONCE = 4096
_END_SITE = -1  # marks an End Site on the stack of open joints


@dataclasses.dataclass(frozen=True)
class Bvh:
    """Motion from a BVH file.

    Attributes:
        joints: names of the N joints, parents before their children.
        parents: index of each joint's parent; -1 for the root.
        positions: float64 `[T, N, 3]`, in the file's own axes and unit.
        frame_rate: frames per second.
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    positions: np.ndarray
    frame_rate: float


def read_bvh(path) -> Bvh:
    """Reads a BVH file.

    Args:
        path: `pathlib.Path` of the file.

    Returns:
        A `Bvh`.

    Raises:
        RawDataError: if the file is not a valid BVH file. The message names the line, but not the
            file.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [line for line in lines if line[1]]
    starts = [index for index, (_, text) in enumerate(lines) if text.upper() == "MOTION"]
    if not lines or lines[0][1].upper() != "HIERARCHY" or not starts:
        raise RawDataError("not a BVH file: expected a line HIERARCHY, and below it a line MOTION.")
    hierarchy = _Hierarchy()
    for number, line in lines[1 : starts[0]]:
        hierarchy.read(number, line)
    hierarchy.check_whole(lines[starts[0]][0])
    frame_rate, rows = _read_motion(lines[starts[0] + 1 :], sum(map(len, hierarchy.channels)))
    # In chunks, because rotations take three times the memory of positions.
    parts = [
        rows[start : start + _FRAMES_AT_ONCE] for start in range(0, len(rows), _FRAMES_AT_ONCE)
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        positions = np.concatenate([_positions(hierarchy, part) for part in parts])
    if not np.isfinite(positions).all():
        raise RawDataError(
            "expected finite positions of joints, but OFFSETs or channels are too large."
        )
    return Bvh(tuple(hierarchy.joints), tuple(hierarchy.parents), positions, frame_rate)


class _Hierarchy:
    """Parser of the hierarchy; `channels` has (axis, kind) pairs such as `(2, "rotation")`."""

    def __init__(self):
        self.joints = {}  # keys are the names, in file order
        self.parents, self.offsets, self.channels = [], [], []
        self._open = []
        self._brace = False  # whether "{" must come next

    def read(self, number, line):
        """Parses a line, which may contain several braces."""
        for part in filter(None, map(str.strip, re.split(r"([{}])", line))):
            try:
                self._read_part(*part.split(None, 1))
            except ValueError as error:
                raise RawDataError(f"line {number}, {part[:60]!r}: {error}.") from None

    def check_whole(self, number):
        """Checks, at the line MOTION, that the hierarchy is complete."""
        if not self.joints or self._open or self._brace:
            raise RawDataError(
                f"line {number}: expected the end of the hierarchy before MOTION: a }} is missing."
            )

    def _read_part(self, word, rest=""):
        word = word.upper()
        if self._brace != (word == "{"):
            raise ValueError("expected {" if self._brace else "expected no { here")
        if word == "{":
            self._brace = False
        elif word == "}":
            self._close()
        elif word == "ROOT" and self.joints:
            raise ValueError("expected one ROOT per file, got a second one")
        elif word == "ROOT" or (word == "JOINT" and self._in_joint()):
            self._add(rest)
        elif word == "END" and self._in_joint():
            self._open.append(_END_SITE)
            self._brace = True
        elif word == "OFFSET" and self._open:
            self._set_offset(rest)
        elif word == "CHANNELS" and self._in_joint():
            self._set_channels(rest)
        else:
            raise ValueError("expected ROOT, JOINT, End Site, OFFSET or CHANNELS in a valid place")

    def _in_joint(self):
        return bool(self._open) and self._open[-1] != _END_SITE

    def _add(self, name):
        if not name or name in self.joints:
            raise ValueError("expected a unique joint name")
        self.parents.append(self._open[-1] if self._open else -1)
        self._open.append(len(self.joints))
        self.joints[name] = None
        self.offsets.append(None)
        self.channels.append([])
        self._brace = True

    def _close(self):
        if not self._open:
            raise ValueError("no joint to close")
        joint = self._open.pop()
        if joint != _END_SITE and self.offsets[joint] is None:
            raise ValueError(f"joint {list(self.joints)[joint]!r} has no OFFSET")

    def _set_offset(self, text):
        offset = [float(number) for number in text.split()]
        if len(offset) != 3 or not all(map(math.isfinite, offset)):
            raise ValueError("expected three finite numbers")
        if self._open[-1] != _END_SITE:
            self.offsets[self._open[-1]] = np.array(offset)

    def _set_channels(self, text):
        count, _, names = text.partition(" ")
        names = names.lower().split()
        matches = [_CHANNEL.fullmatch(name) for name in names]
        if not all(matches) or count != str(len(names)) or len(set(names)) < len(names):
            raise ValueError("expected a number and that many different channels (Xrotation, ...)")
        self.channels[self._open[-1]] = [("xyz".index(match[1]), match[2]) for match in matches]


def _read_motion(lines, channels):
    """Returns the frame rate and the rows of channels, `[T, channels]`."""
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
    if frames != len(lines) - 2:
        raise RawDataError(
            f"line {lines[0][0]}: expected {frames} frames, got {len(lines) - 2}; the file may be "
            "truncated."
        )
    if not channels:
        raise RawDataError("expected CHANNELS in at least one joint.")
    return 1.0 / frame_time, read_rows(lines[2:], channels)


def _positions(hierarchy, rows):
    """Forward kinematics from rows of channels `[T, channels]` to positions `[T, N, 3]`."""
    frames, first = len(rows), 0
    positions = np.empty((frames, len(hierarchy.joints), 3))
    turned = []  # the rotation of each joint in world axes, [T, 3, 3]
    for joint, parent in enumerate(hierarchy.parents):
        place = np.tile(hierarchy.offsets[joint], (frames, 1))
        rotation = np.eye(3)
        for axis, kind in hierarchy.channels[joint]:
            if kind == "position":
                place[:, axis] = rows[:, first]
            else:  # about the axis as turned by the rotations before
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
