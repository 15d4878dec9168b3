"""SIGKILL at random moments of a training; the same command goes on to the same weights."""

import random
import shutil
import time

from tests.campaign import commands, small_run

MOMENTS = ("any time", "checkpoint", "evaluation", "data preparation")
_LOOK = 0.002  # seconds


def run(trials):
    """Kills a training per trial, resumes it, and compares it with an undisturbed one."""
    raw = small_run.raw_files(trials.folder / "bvh")
    commands.ready()  # or it would count as time of the first training
    expected, seconds = {}, {}
    killed = dict.fromkeys(MOMENTS, 0)
    for seed in trials:
        random_ = random.Random(seed)
        # One in five trains SA-GCN, which takes much longer to begin.
        model = "sagcn" if seed % 5 == 4 else "skeleton_vae"
        if model not in expected:
            begun = time.monotonic()
            expected[model] = small_run.train(trials.folder / model, raw, model)
            seconds[model] = time.monotonic() - begun
        moment = MOMENTS[seed % len(MOMENTS)]
        folder = trials.folder / "killed"
        folder.mkdir()
        if _killed(folder, raw, model, moment, random_, seconds[model]):
            killed[moment] += 1
        fault = _resume(folder, raw, model, expected[model])
        if fault:
            trials.fail(seed, f"{model}, killed at {moment}: {fault}")
        shutil.rmtree(folder)
    trials.note(
        "Killed: " + ", ".join(f"{count} at {moment}" for moment, count in killed.items()) + "."
    )


def _killed(folder, raw, model, moment, random_, seconds):
    """Starts a training and kills it; returns whether it had not ended before."""
    command = commands.Command(
        "sagcn_tf.train", folder / "killed.log", **small_run.arguments(folder, raw, model)
    )
    if moment == "any time":
        delay = random_.uniform(0, 0.9 * seconds)
    elif moment == "checkpoint":
        _wait(command, folder, f"run/checkpoints/last/ckpt-{random_.randint(1, 5)}*")
        delay = random_.uniform(0, 0.03)
    elif moment == "evaluation":
        # Step 3 is evaluated after the checkpoint of step 2.
        _wait(command, folder, "run/checkpoints/last/ckpt-2.index")
        delay = random_.uniform(0, 1)
    else:
        _wait(command, folder, "data/motion_folder/*/*incomplete*")
        delay = random_.uniform(0, 0.3)
    end = time.monotonic() + delay
    while command.running() and time.monotonic() < end:
        time.sleep(_LOOK)
    alive = command.running()
    command.kill()
    return alive


def _wait(command, folder, pattern):
    while command.running() and not any(folder.glob(pattern)):
        time.sleep(_LOOK)


def _resume(folder, raw, model, expected):
    status, text = commands.run(
        "sagcn_tf.train", folder / "resumed.log", **small_run.arguments(folder, raw, model)
    )
    if status:
        return commands.fault(status, text) or f"not resumed: {commands.message(text)}"
    return small_run.difference(small_run.result(folder / "run"), expected)
