"""What a benchmark measured, beside its goal, as rows of a file."""

import os
import platform
import subprocess


def row(name, goal, measured, unit, met):
    """One measurement as a dictionary for JSON, with the machine and the commit it is of.

    Args:
        name: of what was measured.
        goal: a number.
        measured: a number.
        unit: of both.
        met: whether the goal is met.
    """
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "name": name,
        "goal": goal,
        "measured": round(measured, 1),
        "unit": unit,
        "met": bool(met),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "commit": commit,
    }
