"""Measures how fast one core reads `.skeleton` files of NTU RGB+D.

python -m benchmarks.ntu_parser [--folder=DIR] [--json=ntu_parser.json]

Without --folder, it reads synthetic files: frames of one person, with as many digits as those of
the sensor. For comparison, it also times a plain reader of the same text (split each line, convert
each number with `float`) and the parser together with the steps from joints to motion. The best of
several passes counts. On a busy machine, compare processor times, not wall times.
"""

import pathlib
import time

import numpy as np
from absl import app, flags

from benchmarks.rows import report, row

_GOAL = 15  # MB/s
_FLAGS = flags.FLAGS


def person(frames, generator):
    """Returns the bytes of a file with one person in every frame."""
    joints = generator.normal(size=(25, 11)) * [1, 1, 0.1, *[100] * 4, *[1] * 4] + [
        0,
        0,
        3,
        *[0] * 8,
    ]
    drift = generator.normal(scale=0.01, size=(frames, 25, 11)).cumsum(axis=0)
    body = ["1", "72057594037931101 0 1 1 1 1 0 0.02764709 0.05745083 2", "25"]
    lines = [str(frames)]
    for frame in joints + drift:
        lines += [*body, *(" ".join(f"{value:.7g}" for value in joint) + " 2" for joint in frame)]
    return "\r\n".join([*lines, ""]).encode("ascii")


def read_plainly(data):
    """Reads all numbers without any checks."""
    return [[float(value) for value in line.split()] for line in data.splitlines()]


class InMemory:
    """A source that returns the same file for every recording."""

    def __init__(self, data):
        self._data = data

    def read(self, recording):
        """Returns the file."""
        return self._data


def megabytes_per_second(function, files, repeats):
    """Returns MB/s of the best pass, by processor time and by wall time."""
    size = sum(map(len, files)) / 1e6
    best = [np.inf, np.inf]
    for _ in range(repeats):
        start = time.process_time(), time.perf_counter()
        for data in files:
            function(data)
        end = time.process_time(), time.perf_counter()
        best = [min(b, e - s) for b, e, s in zip(best, end, start, strict=True)]
    return size / best[0], size / best[1]


def main(_):
    """Measures, prints the row, and writes it to --json."""
    from datasets.ntu_rgbd.clip import read_clip
    from datasets.ntu_rgbd.recording_names import Recording
    from datasets.ntu_rgbd.skeleton_file import parse

    if _FLAGS.folder:
        paths = sorted(pathlib.Path(_FLAGS.folder).glob("*.skeleton"))[: _FLAGS.files]
        files = [path.read_bytes() for path in paths]
        if not files:
            raise app.UsageError(
                f"--folder must contain .skeleton files; {_FLAGS.folder} has none."
            )
    else:
        generator = np.random.default_rng(0)
        files = [person(80, generator) for _ in range(_FLAGS.files)]
    print(f"{len(files)} files, {sum(map(len, files)) / 1e6:.1f} MB, best of {_FLAGS.repeats}")

    recording = Recording(1, 1, 1, 1, 1)
    speeds = {}
    for name, function in {
        "parser": lambda data: parse("file", data),
        "plain reader": read_plainly,
        "parser, main actor and 2-D motion": lambda d: read_clip(recording, InMemory(d), 2, True),
    }.items():
        speeds[name] = megabytes_per_second(function, files, _FLAGS.repeats)
        print(
            f"{name:<36}{speeds[name][0]:7.1f} MB/s of CPU time,{speeds[name][1]:7.1f} of wall time"
        )
    speed = speeds["parser"][0]
    report([row("NTU parser", "at least", _GOAL, speed, "MB/s of one core")], _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_string("folder", None, "Folder of recordings (default: synthetic files).")
    flags.DEFINE_integer("files", 40, "Number of files.", 1)
    flags.DEFINE_integer("repeats", 5, "Passes over the files.", 1)
    flags.DEFINE_string("json", None, "File for the row.")
    app.run(main)
