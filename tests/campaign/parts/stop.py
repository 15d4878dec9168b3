"""SIGTERM at random moments of a training: the seconds until it has ended."""

import random
import shutil
import signal
import subprocess
import sys
import time

_GOAL = 15  # seconds
# What is waited for, and the longest pause after it, in seconds: the first step is traced for long.
_MOMENTS = {
    "the start": (None, 10),
    "the first step": ("data.json", 20),
    "training and evaluation": ("checkpoints/last/ckpt-3.index", 10),
}
_LOOK = 0.01  # seconds


def run(trials):
    """Starts a training of the size of `make train` per trial and stops it."""
    taken = {moment: [] for moment in _MOMENTS}
    for seed in trials:
        moment = list(_MOMENTS)[seed % len(_MOMENTS)]
        seconds, status = _stopped(trials.folder, *_MOMENTS[moment], random.Random(seed))
        taken[moment].append(seconds)
        if seconds > _GOAL:
            trials.fail(seed, f"SIGTERM at {moment}: it ended {seconds:.1f} s later")
        if status not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
            trials.fail(seed, f"SIGTERM at {moment}: status {status}")
    for moment, seconds in taken.items():
        words = ", ".join(f"{one:.1f}" for one in seconds) or "none"
        trials.note(f"Seconds from SIGTERM at {moment} to the end: {words}.")


def _stopped(folder, awaited, pause, random_):
    """Returns the seconds from SIGTERM to the end of a training, and its exit status."""
    run_dir = folder / "run"
    command = [
        *(sys.executable, "-m", "sagcn_tf.train", f"--data_dir={folder / 'data'}"),
        *(f"--run_dir={run_dir}", "--checkpoint_every=3", "--evaluate_every=6"),
    ]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while awaited and process.poll() is None and not (run_dir / awaited).exists():
                time.sleep(_LOOK)
            time.sleep(random_.uniform(0, pause))
            begun = time.monotonic()
            process.terminate()
            status = process.wait(600)
        finally:
            process.kill()
    seconds = time.monotonic() - begun
    shutil.rmtree(run_dir, ignore_errors=True)
    return seconds, status
