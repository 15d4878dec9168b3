"""Whether two processes train to the weights of one, also when one of them is killed.

python -m benchmarks.several_workers

These are the tests of it, which start the processes on this machine and compare checkpoints.
"""

import re
import subprocess
import sys

from absl import app, flags

from benchmarks.rows import report, row

_TESTS = "tests/sagcn_tf/test_several_machines.py"
_FLAGS = flags.FLAGS


def passed_and_all():
    """How many of the tests pass, and how many there are."""
    command = [sys.executable, "-m", "pytest", "-q", _TESTS]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    # The last line is like "1 failed, 3 passed in 70.2s".
    last = (ended.stdout.splitlines() or [""])[-1]
    counts = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", last)}
    return counts.get("passed", 0), sum(counts.values())


def main(_):
    """Runs them, prints, and writes the row where a file is named."""
    passed, count = passed_and_all()
    name = "two machines train to the weights of one, a kill survived"
    report([row(name, "at least", max(count, 1), passed, "tests pass")], _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_string("json", None, "file for the row")
    app.run(main)
