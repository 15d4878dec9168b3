"""Parser for `.skeleton` files, the text format of NTU RGB+D.

The first line is the number of frames. Each frame starts with a line with the number of bodies in
it, 0 or more. Each body has a line of ten numbers, the first of which is its 64-bit identity, a
line with the number of joints, always 25, and a line of twelve numbers per joint: x, y and z in
meters (x to the sensor's left, y up, z away from it), the pixel in the depth image, the pixel in
the color image (both images are mirrored: x to the sensor's left, y down), four numbers for the
orientation, and the tracking state: tracked (2), inferred (1) or not tracked (0).
"""

import numpy as np

from datasets.ntu_rgbd.body import JOINTS, VALUES, Body
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError

_BODY_VALUES = 10
_FARTHEST = 100.0  # meters; the sensor sees about 8
_STATES = (0, 1, 2)
# Characters of numbers, of nan, inf and infinity, and of white space.
_CHARACTERS = b"0123456789+-.eE" + b"AFINTYafinty" + b" \t\n"


def parse(file, data):
    """Parses one file.

    Every line is checked. Numbers are rounded to the nearest double. Pixels and orientations may be
    NaN or infinite, positions may not. Memory use is proportional to the size of the file, not to
    the counts that it states.

    Args:
        file: name of the file, for error messages.
        data: content of the file, bytes; lines end with LF or CR LF.

    Returns:
        The number of frames, and a dictionary {identity: `Body`} in order of appearance.

    Raises:
        DamagedFileError: if the file does not follow the format.
    """
    lines = _Lines(file, data)
    length = lines.integer("the number of frames")
    places = {}  # {identity: ([frame index, ...], [line index of the first joint, ...])}
    for frame in range(length):
        for _ in range(lines.integer(f"the number of bodies in frame {frame + 1} of {length}")):
            frames, firsts = places.setdefault(lines.identity(), ([], []))
            if frames and frames[-1] == frame:
                lines.fail("expected each body once per frame, got this identity twice")
            frames.append(frame)
            firsts.append(lines.skip_joints())
    lines.end(length)
    bodies = {
        identity: Body(np.array(frames), lines.joints(firsts))
        for identity, (frames, firsts) in places.items()
    }
    return length, bodies


class _Lines:
    """Reads the lines of a file one by one."""

    def __init__(self, file, data):
        self._file = file
        self._taken = 0
        data = data.rstrip().replace(b"\r\n", b"\n")
        self._lines = data.split(b"\n")
        if not data:
            raise DamagedFileError(file, None, "expected text, got an empty file")
        strange = data.translate(None, _CHARACTERS)
        if strange:
            self._taken = data.count(b"\n", 0, data.index(strange[:1])) + 1
            self.fail(f"expected numbers, got {_shown(self._lines[self._taken - 1])}")

    def fail(self, reason):
        """Raises the error for the line that was read last."""
        raise DamagedFileError(self._file, self._taken, reason)

    def integer(self, meaning):
        """Reads a line with one number, 0 or more."""
        line = self._take(meaning).strip()
        if not _is_integer(line):
            self.fail(f"expected {meaning}, got {_shown(line)}")
        return int(line)

    def identity(self):
        """Reads the first line of a body and returns its identity."""
        meaning = f"the {_BODY_VALUES} numbers of a body"
        line = self._take(meaning)
        values = line.split()
        if len(values) != _BODY_VALUES or not all(map(_is_number, values)):
            self.fail(f"expected {meaning}, got {_shown(line)}")
        if not _is_integer(values[0]):
            self.fail(f"expected a 64-bit identity, got {_shown(values[0])}")
        return int(values[0])

    def skip_joints(self):
        """Skips the other lines of a body; returns the line index of the first joint."""
        joints = self.integer("the number of joints")
        if joints != JOINTS:
            self.fail(f"expected {JOINTS} joints, got {joints}")
        first = self._taken
        self._taken += JOINTS
        if self._taken > len(self._lines):
            self._taken = len(self._lines)
            self.fail(f"expected {JOINTS} joints, but the file ends after this line")
        return first

    def end(self, length):
        """Checks that no line is left."""
        if self._taken < len(self._lines):
            line = self._take("the end")
            self.fail(f"expected the end of the file after {length} frames, got {_shown(line)}")

    def joints(self, firsts):
        """Parses the joints of one body, `[len(firsts), 25, 12]`."""
        numbers = [first + joint for first in firsts for joint in range(JOINTS)]
        try:
            values = np.loadtxt([self._lines[n] for n in numbers], comments=None, ndmin=2)
        except ValueError:
            values = None
        if values is None or not _are_joints(values, len(numbers)):
            values = np.array([self._joint(n) for n in numbers])  # reports the invalid line
        return values.reshape(len(firsts), JOINTS, VALUES)  # [F * 25, 12] -> [F, 25, 12]

    def _take(self, meaning):
        if self._taken == len(self._lines):
            self.fail(f"expected {meaning} next, but the file ends after this line")
        self._taken += 1
        return self._lines[self._taken - 1]

    def _joint(self, number):
        """Parses the line of one joint; slow."""
        line, self._taken = self._lines[number], number + 1
        values = line.split()
        if len(values) != VALUES or not all(map(_is_number, values)):
            self.fail(f"expected the {VALUES} numbers of a joint, got {_shown(line)}")
        values = list(map(float, values))
        if not _are_joints(np.array([values]), 1):
            self.fail(
                f"expected a position within {_FARTHEST:.0f} m and a tracking state of 0, 1 or 2,"
                f" got {_shown(line)}"
            )
        return values


def _are_joints(values, count):
    return (
        values.shape == (count, VALUES)
        and bool((np.abs(values[:, :3]) <= _FARTHEST).all())
        and bool(np.isin(values[:, 11], _STATES).all())
    )


def _is_integer(text):
    return text.isdigit() and len(text) <= 20 and int(text) < 2**64


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shown(line):
    text = line[:60].decode("ascii", "backslashreplace")
    return repr(text + "..." if len(line) > 60 else text)
