"""Times the commands from their start to the first training step and to the first sample.

python -m benchmarks.start

Whole processes are timed, the imports among them, on the synthetic data, which an earlier training
of one step has prepared. The first step is what the progress bar shows.
"""

import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import termios
import time

from absl import app, flags

from benchmarks.rows import report, row

_FLAGS = flags.FLAGS
_FIRST_STEP = re.compile(rb"\b1/\d+ \[")
_GOALS = {"first training step": 15, "first sample": 8}


def command(name, **given):
    """The command line of `sagcn_tf.NAME` with flags."""
    return [sys.executable, "-m", f"sagcn_tf.{name}", *(f"--{k}={v}" for k, v in given.items())]


def seconds_to_first_step(arguments):
    """Starts a training on a terminal of its own, as it draws its progress only there; ends it."""
    terminal, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (24, 100))
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=other_end, stderr=other_end)
    os.close(other_end)
    said = b""
    try:
        while not _FIRST_STEP.search(said):
            said += os.read(terminal, 4096)
        return time.perf_counter() - start
    except OSError as error:  # it has ended
        raise RuntimeError(f"{' '.join(arguments)}: {said.decode()}") from error
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def seconds_of(arguments):
    """The time that a command takes."""
    start = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(folder, preset, repeats):
    """The shortest times of `repeats` starts.

    Args:
        folder: an empty folder for data and runs.
        preset: of the runs.
        repeats: how often each command is started.

    Returns:
        `{"first training step": seconds, "first sample": seconds}`.
    """
    run = {"dataset": "synthetic", "data_dir": folder / "data", "preset": preset}
    trained = folder / "trained"
    subprocess.run(
        command("train", **run, steps=1, clips_per_class=2, run_dir=trained),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    label = json.loads((trained / "data.json").read_text())["class_names"][0]
    sample = {"run_dir": trained, "label": label, "count": 1, "output": folder / "clip.npz"}
    steps, samples = [], []
    for number in range(repeats):
        steps.append(seconds_to_first_step(command("train", **run, run_dir=folder / str(number))))
        samples.append(seconds_of(command("generate", **sample)))
    return dict(zip(_GOALS, (min(steps), min(samples)), strict=True))


def main(_):
    """Measures, prints, and writes the rows where a file is named."""
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(pathlib.Path(folder), _FLAGS.preset, _FLAGS.repeats)
    rows = [
        row(f"from command to {name}", "under", goal, measured[name], "s")
        for name, goal in _GOALS.items()
    ]
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "whose networks")
    flags.DEFINE_integer("repeats", 3, "starts of each command, of which the shortest counts", 1)
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
