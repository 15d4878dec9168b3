"""Checks that two workers reach the same weights as one, even if one of them is killed.

python -m benchmarks.several_workers

Runs the tests of several workers. They start the workers on this machine and compare checkpoints.
"""

import re
import subprocess
import sys

from absl import app, flags

from benchmarks.rows import report, row

_TESTS = "tests/sagcn_tf/training/test_several_workers.py"
_FLAGS = flags.FLAGS


def passed_and_all():
    """Returns how many of the tests pass, and how many there are."""
    command = [sys.executable, "-m", "pytest", "-q", _TESTS]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    # The last line is like "1 failed, 3 passed in 70.2s".
    last = (ended.stdout.splitlines() or [""])[-1]
    counts = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", last)}
    return counts.get("passed", 0), sum(counts.values())


def main(_):
    """Runs the tests, prints the row, and writes it to --json."""
    passed, count = passed_and_all()
    name = "two workers reach the weights of one, even if one is killed"
    report([row(name, "at least", max(count, 1), passed, "tests pass")], _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_string("json", None, "File for the row.")
    app.run(main)
