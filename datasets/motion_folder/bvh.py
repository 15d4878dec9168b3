"""Reads BVH files: a hierarchy of joints with channels, then a row of numbers for each frame.

Every maker's flavor is welcome: channels in any order and number, End Sites, joints that move
against their parents. A position channel stands for the joint's place in its parent's frame, in
the place of its OFFSET, as Blender and MotionBuilder have it.
"""

import dataclasses
import math
import re

import numpy as np

from datasets.motion_folder.rows import read_rows
from datasets.raw_data_error import RawDataError

_CHANNEL = re.compile(r"([xyz])(position|rotation)")
_FRAMES_AT_ONCE = 4096
_END_SITE = -1  # stands on the stack of open joints for a leaf's End Site


@dataclasses.dataclass(frozen=True)
class Bvh:
    """The motion of a BVH file.

    Attributes:
        joints: the N names, parents before their children.
        parents: N numbers of joints; -1 for the root.
        positions: float64 `[T, N, 3]`, in the file's own axes and unit.
        frame_rate: frames a second.
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    positions: np.ndarray
    frame_rate: float


def read_bvh(path) -> Bvh:
    """Reads a file.

    Raises:
        RawDataError: names the line that is wrong, but not the file.
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
    # In parts: a rotation takes three times the memory of a place.
    parts = [
        rows[start : start + _FRAMES_AT_ONCE] for start in range(0, len(rows), _FRAMES_AT_ONCE)
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        positions = np.concatenate([_positions(hierarchy, part) for part in parts])
    if not np.isfinite(positions).all():
        raise RawDataError("the numbers are too large: joints lie at infinity.")
    return Bvh(tuple(hierarchy.joints), tuple(hierarchy.parents), positions, frame_rate)


class _Hierarchy:
    """Joints as they are read; `channels` holds (axis, kind) pairs such as `(2, "rotation")`."""

    def __init__(self):
        self.joints = {}  # their names; in the order of the file, as dictionaries keep it
        self.parents, self.offsets, self.channels = [], [], []
        self._open = []
        self._brace = False  # whether "{" has to come next

    def read(self, number, line):
        """Takes in a line; several braces may stand in it."""
        for part in filter(None, map(str.strip, re.split(r"([{}])", line))):
            try:
                self._read_part(*part.split(None, 1))
            except ValueError as error:
                raise RawDataError(f"line {number}, {part[:60]!r}: {error}.") from None

    def check_whole(self, number):
        """Refuses a hierarchy that ends, at this line, before all its joints have."""
        if not self.joints or self._open or self._brace:
            raise RawDataError(f"line {number}: MOTION begins before the hierarchy has ended.")

    def _read_part(self, word, rest=""):
        word = word.upper()
        if self._brace != (word == "{"):
            raise ValueError("a { is missing" if self._brace else "no joint begins here")
        if word == "{":
            self._brace = False
        elif word == "}":
            self._close()
        elif word == "ROOT" and self.joints:
            raise ValueError("a second root; expected the motion of one body in a file")
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
            raise ValueError("expected ROOT, JOINT, End Site, OFFSET or CHANNELS in their places")

    def _in_joint(self):
        return bool(self._open) and self._open[-1] != _END_SITE

    def _add(self, name):
        if not name or name in self.joints:
            raise ValueError("expected a name that no other joint has")
        self.parents.append(self._open[-1] if self._open else -1)
        self._open.append(len(self.joints))
        self.joints[name] = None
        self.offsets.append(None)
        self.channels.append([])
        self._brace = True

    def _close(self):
        if not self._open:
            raise ValueError("no joint is open")
        joint = self._open.pop()
        if joint != _END_SITE and self.offsets[joint] is None:
            raise ValueError(f"joint {list(self.joints)[joint]!r} has no OFFSET")

    def _set_offset(self, text):
        offset = [float(number) for number in text.split()]
        if len(offset) != 3 or not all(map(math.isfinite, offset)):
            raise ValueError("expected three numbers")
        if self._open[-1] != _END_SITE:
            self.offsets[self._open[-1]] = np.array(offset)

    def _set_channels(self, text):
        count, _, names = text.partition(" ")
        names = names.lower().split()
        matches = [_CHANNEL.fullmatch(name) for name in names]
        if not all(matches) or count != str(len(names)) or len(set(names)) < len(names):
            raise ValueError("expected a number and as many different channels (Xrotation, ...)")
        self.channels[self._open[-1]] = [("xyz".index(match[1]), match[2]) for match in matches]


def _read_motion(lines, channels):
    """Frames a second, and the rows of channels `[T, channels]`."""
    heads = [re.fullmatch(r"([^:]+):\s*(\S+)", text) for _, text in lines[:2]]
    names = [match and " ".join(match[1].lower().split()) for match in heads]
    if names != ["frames", "frame time"]:
        raise RawDataError("below MOTION: expected lines 'Frames: number' and 'Frame Time: s'.")
    try:
        frames, frame_time = int(heads[0][2]), float(heads[1][2])
    except ValueError:
        raise RawDataError(f"line {lines[0][0]}: Frames or Frame Time is no number.") from None
    if not 1e-6 < frame_time < 1e6:
        raise RawDataError(f"line {lines[1][0]}: expected a Frame Time above 0, got {frame_time}.")
    if frames != len(lines) - 2:
        raise RawDataError(
            f"line {lines[0][0]}: {frames} frames are announced, {len(lines) - 2} follow; the file "
            "may be cut off."
        )
    if not channels:
        raise RawDataError("no joint has CHANNELS: nothing can move.")
    return 1.0 / frame_time, read_rows(lines[2:], channels)


def _positions(hierarchy, rows):
    """Forward kinematics: rows of channels `[T, channels]` to joints `[T, N, 3]`."""
    frames, first = len(rows), 0
    positions = np.empty((frames, len(hierarchy.joints), 3))
    turned = []  # the rotation of each joint against the world, [T, 3, 3]
    for joint, parent in enumerate(hierarchy.parents):
        place = np.tile(hierarchy.offsets[joint], (frames, 1))
        rotation = np.eye(3)
        for axis, kind in hierarchy.channels[joint]:
            if kind == "position":
                place[:, axis] = rows[:, first]
            else:  # about the axis as the rotations before have turned it
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
