"""SIGKILL at random moments of a push: the served folder has whole versions only."""

import hashlib
import random
import subprocess
import sys
import time

from serving.versions import version_numbers, version_path
from tests.campaign import commands, small_run
from tests.small_export import set_metrics

_ADDED = {"BLESSED", "INFRA_BLESSED", "blessing.json"}


def run(trials):
    """Kills a push per trial, checks what is served, and pushes again."""
    export = _export(trials.folder)
    expected = _hashes(export)
    base_path = trials.folder / "served" / "small"
    begun = time.monotonic()
    _push(export, base_path).wait(300)
    whole, left = time.monotonic() - begun, 0
    for seed in trials:
        before = version_numbers(base_path)
        process = _push(export, base_path)
        try:
            process.wait(random.Random(seed).uniform(0, whole))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left += any(base_path.glob(".pushing-*"))
        for number in version_numbers(base_path):
            if _hashes(version_path(base_path, number)) != expected:
                trials.fail(seed, f"version {number} is not whole")
        if not set(before) <= set(version_numbers(base_path)):
            trials.fail(seed, "a version that was served is gone")
    if _push(export, base_path).wait(300) != 0:
        trials.fail(trials.first, "the push after all of them was refused")
    if any(base_path.glob(".pushing-*")):
        trials.fail(trials.first, "what killed pushes left was not deleted")
    trials.note(
        f"After {left} of {trials.done}, there was a temporary folder, of this push or an earlier "
        "one. No server looks at it, and a push that is not killed deletes it."
    )


def _export(folder):
    """Exports a small run with metrics that are good enough; returns the folder of the version."""
    small_run.train(folder / "trained", small_run.raw_files(folder / "bvh"))
    flags = {"run_dir": folder / "trained" / "run", "output_dir": folder / "models"}
    status, text = commands.run("sagcn_tf.export", folder / "export.log", **flags)
    if status:
        raise RuntimeError(f"the export failed: {text}")
    return set_metrics(folder / "models" / "1")


def _push(export, base_path):
    command = [sys.executable, "-m", "serving.push", f"--model_dir={export}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, f"--base_path={base_path}"], **quiet)


def _hashes(folder):
    """Returns `{name: hash}` of the exported files in a folder, and the names that push adds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _ADDED
    }
