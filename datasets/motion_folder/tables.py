"""Reads tables of joint coordinates, as spreadsheets and pose estimators write them.

A column is a coordinate of a joint if its name ends with x, y or z (`hip_x`, `hip.x`, `HipX`),
begins with it (`x_hip`, `x12`), or has it below the joint, as in the header of DeepLabCut.
Confidences end with `_confidence`, `_likelihood`, `_score`, `_visibility`, `_c` or the like. All
other columns are passed over.
"""

import csv
import re

import numpy as np

from datasets.motion_folder.known_body import numbered_joints
from datasets.motion_folder.recording import Recording
from datasets.motion_folder.text import decode
from datasets.raw_data_error import RawDataError

_SEPARATORS = ",;\t|"
_HEADER = 100_000  # characters of the first line that are looked at
_WORD = "[cv]|conf(?:idence)?|score|visibility|likelihood|prob(?:ability)?"
_SUFFIX = re.compile(rf"(.+?)[\s_.:/-]+([xyz]|{_WORD})", re.IGNORECASE)
_CAMEL = re.compile(r"(.*[^\W_A-Z])([XYZ])")
_PREFIX = re.compile(rf"([xyz]|{_WORD})(?:[\s_.:/-]*(?=\d+$)|[\s_.:/-]+)(.+)", re.IGNORECASE)
# The first line of tables that `generate` writes.
_GENERATED = re.compile(r"# unit (.+); (\d+(?:\.\d+)?) frames per second; .*")
_MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "--"}


def read_table(path) -> Recording:
    """Reads a table with a header and a row per frame.

    Args:
        path: `pathlib.Path` of the file. Separators may be commas, semicolons, tabs or bars.
            Numbers may be quoted and, unless commas separate them, have decimal commas.

    Returns:
        A `Recording` of the joints with an x and a y, 2-D or 3-D; NaN where a cell is empty.

    Raises:
        RawDataError: if the table is invalid. The message names the line, but not the file.
    """
    text, notes = decode(path.read_bytes())
    lines = text.splitlines()
    unit, frame_rate = _generated(lines)
    try:
        separator = _separator(next((line for line in lines if line.strip()), ""))
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise RawDataError(f"expected a table, but: {error}.") from None
    names, rows = _header(rows)
    joints, dimensions, columns = _columns(names)
    values = _numbers(rows, [names[column] for column in columns], columns, separator)
    values = values.reshape(len(rows), len(joints), -1)  # [T, N, D and perhaps confidence]
    confidence = values[..., dimensions] if values.shape[-1] > dimensions else None
    joints = numbered_joints(joints) or tuple(joints)
    return Recording(
        values[..., :dimensions],
        joints,
        confidence,
        frame_rate=frame_rate,
        unit=unit,
        notes=tuple(notes),
    )


def _generated(lines):
    """Returns the unit and the frame rate of a generated table, whose first line is emptied."""
    found = _GENERATED.fullmatch(lines[0]) if lines else None
    if not found:
        return None, None
    lines[0] = ""  # and not removed: messages count lines
    return found[1], float(found[2]) or None


def _separator(header):
    """Returns the separator that gives the most columns with coordinates."""

    # csv.Sniffer would take the comma in names such as "left, upper_x".
    def coordinates(separator):
        names = next(csv.reader([header[:_HEADER]], delimiter=separator, skipinitialspace=True), [])
        # DeepLabCut's first line has no coordinates, only many cells.
        return sum(_joint_and_axis(name.strip())[0] is not None for name in names), len(names)

    return max(_SEPARATORS, key=coordinates)


def _header(rows):
    """Returns the names of the columns, and the rows below."""
    if not rows:
        raise RawDataError("expected a header that names columns, got an empty file.")
    names = [name.strip() for name in rows[0][1]]
    if names[0].lower() == "scorer" and len(rows) > 3:  # DeepLabCut: scorer, bodyparts, coords
        names = [
            f"{part.strip()}_{axis.strip()}"
            for part, axis in zip(rows[1][1], rows[2][1], strict=False)
        ]
        rows = rows[2:]
    if len(rows) < 2:
        raise RawDataError("expected a row of numbers per frame below the header, got none.")
    return names, rows[1:]


def _columns(names):
    """Returns joints, coordinates per joint, and the columns of each joint in a flat list."""
    found = {}  # joint -> {axis or "c": column}
    for column, name in enumerate(names):
        joint, axis = _joint_and_axis(name)
        if joint is None:
            continue
        if axis in found.setdefault(joint, {}):
            raise RawDataError(f"expected column names that differ, got {name!r:.60} twice.")
        found[joint][axis] = column
    found = {joint: axes for joint, axes in found.items() if {"x", "y"} <= axes.keys()}
    if not found:
        raise RawDataError(
            "expected columns such as hip_x and hip_y in the first line, got "
            f"{', '.join(names)[:100] or 'none'}."
        )
    deep = [joint for joint, axes in found.items() if "z" in axes]
    if 2 * len(deep) >= len(found):
        found = {joint: found[joint] for joint in deep}
    axes = "xyz" if len(deep) == len(found) else "xy"
    wanted = axes + "c" * all("c" in one for one in found.values())
    return list(found), len(axes), [one[axis] for one in found.values() for axis in wanted]


def _joint_and_axis(name):
    if match := _SUFFIX.fullmatch(name) or _CAMEL.fullmatch(name):
        joint, axis = match.groups()
    elif match := _PREFIX.fullmatch(name):
        axis, joint = match.groups()
    else:
        return None, None
    axis = axis.lower()
    return joint, axis if axis in ("x", "y", "z") else "c"


def _numbers(rows, names, columns, separator):
    """Returns float64 `[T, columns]` of the chosen columns; NaN where a cell is empty."""
    values, last = np.empty((len(rows), len(columns))), max(columns)
    for index, (line, row) in enumerate(rows):
        if len(row) <= last:
            raise RawDataError(f"line {line}: expected {last + 1} cells or more, got {len(row)}.")
        cells = [row[column] for column in columns]
        try:
            # Python reads 1_0 as a number.
            values[index] = [float(cell.replace("_", "?")) for cell in cells]
        except ValueError:
            pairs = zip(names, cells, strict=True)
            values[index] = [_number(cell, name, line, separator) for name, cell in pairs]
    return values


def _number(cell, name, line, separator):
    text = cell.strip()
    if text.lower() in _MISSING:
        return np.nan
    try:
        text = text.replace("_", "?")
        return float(text if separator == "," else text.replace(",", "."))
    except ValueError:
        raise RawDataError(
            f"line {line}, {name}: expected a number, got {cell.strip()[:30]!r}. Empty cells are "
            "joints that are missing; decimal commas need another separator, such as ;"
        ) from None
