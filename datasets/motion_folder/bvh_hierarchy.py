"""Parses the hierarchy of a BVH file: joints with offsets and channels."""

import math
import re

from datasets.motion_folder.rig import Rig
from datasets.raw_data_error import RawDataError

# Channels that scale a joint are passed over.
_CHANNEL = re.compile(r"([xyz])(position|rotation|scale)", re.IGNORECASE)
_END_SITE = -1  # marks an End Site on the stack of open joints


class BvhHierarchy:
    """Parser of a hierarchy, line by line. A file may have several, one per ROOT."""

    def __init__(self):
        self._joints, self._parents, self._offsets, self._channels = [], [], [], []
        self._ends = []  # (joint, offset) of each End Site
        self._roots = []  # the first joint of each hierarchy
        self._names = set()  # in the hierarchy of the last root
        self._open = []
        self._brace = False  # whether "{" must come next

    def read(self, number, line):
        """Parses a line, which may contain several braces.

        Args:
            number: line number, for messages.
            line: its text.

        Raises:
            RawDataError: if the line is not valid here.
        """
        for part in filter(None, map(str.strip, re.split(r"([{}])", line))):
            try:
                self._read_part(*part.split(None, 1))
            except ValueError as error:
                raise RawDataError(f"line {number}, {part[:60]!r}: {error}.") from None

    def rigs(self, number):
        """Returns the `Rig` of each ROOT.

        Args:
            number: number of the line MOTION, for messages.

        Raises:
            RawDataError: if there is no joint, or a `}` is missing.
        """
        if not self._joints or self._open or self._brace:
            raise RawDataError(
                f"line {number}: expected the end of the hierarchy before MOTION: a }} is missing."
            )
        bounds = [*self._roots, len(self._joints)]
        return [self._rig(*pair) for pair in zip(bounds, bounds[1:], strict=False)]

    def _rig(self, first, end):
        """Returns the rig of the joints from `first` to before `end`."""
        return Rig(
            tuple(self._joints[first:end]),
            tuple(max(parent - first, -1) for parent in self._parents[first:end]),
            tuple(self._offsets[first:end]),
            tuple(self._channels[first:end]),
            tuple((joint - first, offset) for joint, offset in self._ends if first <= joint < end),
        )

    def _read_part(self, word, rest=""):
        word = word.upper()
        if self._brace != (word == "{"):
            raise ValueError("expected {" if self._brace else "expected no { here")
        if word == "{":
            self._brace = False
        elif word == "}":
            self._close()
        elif (word == "ROOT" and not self._open) or (word == "JOINT" and self._in_joint()):
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
        if not self._open:
            self._roots.append(len(self._joints))
            self._names = set()
        if not name or name in self._names:
            raise ValueError("expected a unique joint name")
        self._parents.append(self._open[-1] if self._open else -1)
        self._open.append(len(self._joints))
        self._joints.append(name)
        self._names.add(name)
        self._offsets.append(None)
        self._channels.append(())
        self._brace = True

    def _close(self):
        if not self._open:
            raise ValueError("no joint to close")
        joint = self._open.pop()
        if joint != _END_SITE and self._offsets[joint] is None:
            raise ValueError(f"joint {self._joints[joint]!r} has no OFFSET")

    def _set_offset(self, text):
        offset = tuple(float(number) for number in text.split())
        if len(offset) != 3 or not all(map(math.isfinite, offset)):
            raise ValueError("expected three finite numbers")
        if self._open[-1] == _END_SITE:
            self._ends.append((self._open[-2], offset))
        else:
            self._offsets[self._open[-1]] = offset

    def _set_channels(self, text):
        count, *names = text.split() or [""]
        known = all(_CHANNEL.fullmatch(name) for name in names)
        different = len({name.lower() for name in names}) == len(names)
        if not known or not different or count != str(len(names)):
            raise ValueError("expected a number and that many different channels (Xrotation, ...)")
        self._channels[self._open[-1]] = tuple(names)
