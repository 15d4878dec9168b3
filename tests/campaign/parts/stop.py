"""SIGTERM at random moments of a training: the seconds until it has ended."""

import random
import shutil
import signal
import subprocess
import sys
import time

_GOAL = 15  # seconds


def run(trials):
    """Starts a training of the size of `make train` per trial and stops it."""
    whole = _seconds_until_the_end(trials.folder, None)[0]
    slowest = []
    for seed in trials:
        delay = random.Random(seed).uniform(0, whole)
        seconds, status = _seconds_until_the_end(trials.folder, delay)
        slowest.append(seconds)
        if seconds > _GOAL:
            trials.fail(seed, f"SIGTERM after {delay:.0f} s: it ended {seconds:.1f} s later")
        if status not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
            trials.fail(seed, f"SIGTERM after {delay:.0f} s: status {status}")
    if slowest:
        trials.note(
            f"Seconds until the process had ended: {', '.join(f'{one:.1f}' for one in slowest)}. "
            f"Goal: at most {_GOAL}."
        )


def _seconds_until_the_end(folder, delay):
    """Returns the seconds from SIGTERM, or from the start, to the end, and the exit status."""
    run_dir = folder / "run"
    command = [
        *(sys.executable, "-m", "sagcn_tf.train", f"--data_dir={folder / 'data'}"),
        *(f"--run_dir={run_dir}", "--steps=12", "--checkpoint_every=3", "--evaluate_every=6"),
        "--clips_per_class=20",
    ]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        begun = time.monotonic()
        try:
            if delay is not None:
                try:
                    process.wait(delay)
                except subprocess.TimeoutExpired:
                    begun = time.monotonic()
                    process.terminate()
            status = process.wait(600)
        finally:
            process.kill()
    seconds = time.monotonic() - begun
    shutil.rmtree(run_dir, ignore_errors=True)
    return seconds, status
