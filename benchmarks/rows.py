"""What a benchmark measured, beside its goal, as rows of a table and of a file."""

import functools
import operator
import os
import platform
import subprocess

from sagcn_tf.files import write_json
from sagcn_tf.markdown import table

_BOUNDS = {"at least": operator.ge, "at most": operator.le, "under": operator.lt}


def row(name, bound, goal, measured, unit):
    """One measurement as a dictionary for JSON, with the machine and the commit it is of.

    Args:
        name: of what was measured.
        bound: `"at least"`, `"at most"` or `"under"`: how the goal bounds the measured number.
        goal: a number; None where there is none, and the number is there to compare with.
        measured: a number; None where it could not be measured.
        unit: of both.

    Returns:
        What is given, rounded to three digits, and `met`, which is None where there is no goal.
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
    """The processor, as it names itself, and the number of cores."""
    name = platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            name = next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        pass  # not Linux
    return f"{name}, {os.cpu_count()} cores"


@functools.cache
def commit():
    """The commit that is checked out, with a + where files differ from it; "" outside git."""
    words = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def text_of(rows):
    """The rows as lines of a Markdown table: what, goal, measured, met."""
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
    """Prints rows and writes them as JSON where `path` is given."""
    print(text_of(rows))
    if path:
        write_json(path, rows)
