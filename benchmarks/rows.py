"""Measurements and their goals, as rows of a table and of a JSON file."""

import functools
import operator
import os
import platform
import subprocess

from sagcn_tf.files import write_json
from sagcn_tf.markdown import table

_BOUNDS = {"at least": operator.ge, "at most": operator.le, "under": operator.lt}


def row(name, bound, goal, measured, unit):
    """Returns one measurement as a dictionary for JSON, with the machine and the commit.

    Args:
        name: Name of the measured quantity.
        bound: How the goal bounds the measurement: `"at least"`, `"at most"` or `"under"`.
        goal: A number, or None for a measurement without a goal.
        measured: A number, or None if it was not measured.
        unit: Unit of both numbers.

    Returns:
        The arguments, `measured` rounded to three digits, the machine, the commit, and `met`:
        whether the measurement, before rounding, meets the goal; None without a goal.
    """
    met = None
    if goal is not None:
        met = measured is not None and bool(_BOUNDS[bound](measured, goal))
    return {
        "name": name,
        "bound": bound if goal is not None else None,
        "goal": goal,
        "measured": None if measured is None else float(f"{measured:.3g}"),
        "unit": unit,
        "met": met,
        "machine": machine(),
        "commit": commit(),
    }


@functools.cache
def machine():
    """Returns the model name of the processor and the number of cores."""
    name = platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            name = next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        pass  # not Linux
    return f"{name}, {os.cpu_count()} cores"


@functools.cache
def commit():
    """Returns the commit, followed by + if files were changed; an empty string outside git."""
    words = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def text_of(rows):
    """Returns the rows as a Markdown table with the columns what, goal, measured and met."""
    words = {True: "yes", False: "no", None: ""}
    return table(
        ("what", "goal", "measured", "met"),
        [(one["name"], *_numbers(one), words[one["met"]]) for one in rows],
    )


def _numbers(one):
    goal = f"{one['bound']} {one['goal']:g} {one['unit']}" if one["goal"] is not None else ""
    measured = "not run" if one["measured"] is None else f"{one['measured']:g} {one['unit']}"
    return goal, measured


def report(rows, path):
    """Prints rows, and writes them as JSON if `path` is given."""
    print(text_of(rows))
    if path:
        write_json(path, rows)
