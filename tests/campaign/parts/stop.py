"""SIGTERM at random moments of a training: the seconds until it has ended."""

import random
import shutil
import signal
import subprocess
import sys
import time

from tests.campaign import commands, small_run

_GOAL = 15  # seconds
_STEPS = 500  # more than are done before the last signal
# What is waited for, and the longest pause after it, in seconds.
_MOMENTS = {
    "the start": (None, 6),
    "data preparation": ("data/motion_folder/*/*incomplete*", 0.5),
    "the first step": ("run/data.json", 10),
    "training": ("run/checkpoints/last/ckpt-1.index", 0.5),
    "evaluation": ("run/checkpoints/last/ckpt-2.index", 2),
}
_LOOK = 0.01  # seconds


def run(trials):
    """Starts a training per trial, stops it, and looks how it ends."""
    raw = small_run.raw_files(trials.folder / "bvh")
    taken = {moment: [] for moment in _MOMENTS}
    for seed in trials:
        moment = list(_MOMENTS)[seed % len(_MOMENTS)]
        folder = trials.folder / "stopped"
        folder.mkdir()
        seconds, status = _stopped(folder, raw, *_MOMENTS[moment], random.Random(seed))
        shutil.rmtree(folder)
        taken[moment].append(seconds)
        if seconds > _GOAL:
            trials.fail(seed, f"SIGTERM at {moment}: it ended {seconds:.1f} s later")
        if status not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
            trials.fail(seed, f"SIGTERM at {moment}: status {status}")
    for moment, seconds in taken.items():
        words = ", ".join(f"{one:.1f}" for one in seconds) or "none"
        trials.note(f"Seconds from SIGTERM at {moment} to the end: {words}.")


def _stopped(folder, raw, awaited, pause, random_):
    """Returns the seconds from SIGTERM to the end of a training, and its exit status.

    It has the whole life of a process, which ends otherwise if it was forked: threads that sleep
    are what delayed an end before.
    """
    arguments = small_run.arguments(folder, raw, "sagcn") | {"steps": _STEPS}
    command = [sys.executable, "-m", "sagcn_tf.train", *commands.words(arguments)]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while awaited and process.poll() is None and not any(folder.glob(awaited)):
                time.sleep(_LOOK)
            time.sleep(random_.uniform(0, pause))
            begun = time.monotonic()
            process.terminate()
            status = process.wait(600)
        finally:
            process.kill()
    return time.monotonic() - begun, status
