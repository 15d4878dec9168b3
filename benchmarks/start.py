"""Times two commands: from start to the first training step, and from start to the first sample.

python -m benchmarks.start

Times include starting Python and importing TensorFlow. The data are the synthetic data, prepared
beforehand by a training run of one step. The first step counts once the progress bar shows it.
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
    """Returns the command line of `sagcn_tf.NAME` with the given flags."""
    return [sys.executable, "-m", f"sagcn_tf.{name}", *(f"--{k}={v}" for k, v in given.items())]


def seconds_to_first_step(arguments):
    """Returns the seconds until a training command shows its first step, and stops it.

    It runs in a pseudo-terminal, because it draws its progress bar only in a terminal.

    Raises:
        RuntimeError: If the command ends before its first step.
    """
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
    except OSError as error:  # the command has ended
        raise RuntimeError(f"{' '.join(arguments)}: {said.decode()}") from error
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def seconds_of(arguments):
    """Returns the seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(folder, preset, repeats):
    """Measures both commands.

    Args:
        folder: An empty folder for data and runs.
        preset: Preset of the runs.
        repeats: How often to start each command; the shortest time counts.

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
    """Measures, prints the rows, and writes them to --json."""
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(pathlib.Path(folder), _FLAGS.preset, _FLAGS.repeats)
    rows = [
        row(f"from command to {name}", "under", goal, measured[name], "s")
        for name, goal in _GOALS.items()
    ]
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "Preset of the networks.")
    flags.DEFINE_integer("repeats", 3, "Starts of each command; the shortest counts.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
