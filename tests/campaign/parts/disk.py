"""A disk that fills up at a random moment: one message, and the same command goes on."""

import contextlib
import random
import shutil
import subprocess

from tests.campaign import commands, small_run

_ENOUGH = "2g"


def run(trials):
    """Trains on a disk of a random size per trial, then again when there is room."""
    raw = small_run.raw_files(trials.folder / "bvh")
    try:
        with _disk(trials.folder / "try", "1m"):
            pass
    except (OSError, subprocess.CalledProcessError) as error:
        trials.note(f"Not run: a small disk cannot be mounted here ({error}).")
        return
    expected = small_run.train(trials.folder / "whole", raw)
    used = sum(path.stat().st_size for path in (trials.folder / "whole").rglob("*"))
    full = 0
    for seed in trials:
        size = int(used * random.Random(seed).uniform(0.01, 1))
        with _disk(trials.folder / "small", size) as folder:
            arguments = small_run.arguments(folder, raw)
            first = commands.run("sagcn_tf.train", trials.folder / "full.log", **arguments)
            full += first[0] != 0
            _remount(folder, _ENOUGH)
            second = commands.run("sagcn_tf.train", trials.folder / "again.log", **arguments)
            fault = _fault(first, second)
            if not fault:
                fault = small_run.difference(small_run.result(folder / "run"), expected)
            if fault:
                trials.fail(seed, f"disk of {size} bytes: {fault}")
    trials.note(f"The disk was full in {full} of {trials.done} trials.")


def _fault(first, second):
    """Describes what is wrong with the training on the full disk or the one after it."""
    if fault := commands.fault(*first):
        return fault
    if first[0] and "Free some space" not in first[1]:
        return f"the message does not say that the disk is full: {commands.message(first[1])}"
    if second[0]:
        return commands.fault(*second) or f"did not go on: {commands.message(second[1])}"
    return None


@contextlib.contextmanager
def _disk(folder, size):
    """Mounts a disk in memory."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False)
        shutil.rmtree(folder)


def _remount(folder, size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)
