"""Infra validation: loads and runs a model in another process with limits."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from serving.errors import UserError

SECONDS, MEGABYTES = 300, 4096
# Largest mean difference of the answers, as `serving.replay` measures it. Another processor rounds
# differently, so that now and then pruning keeps another frame; a broken model is off by about 1.
TOLERANCE = 1e-3
_ROOT = pathlib.Path(__file__).parents[2]
_LOOK = 0.05  # seconds between two looks at the memory of the process


def replay(model_dir, seconds, megabytes=None):
    """Runs `serving.replay` in a process without `sagcn_tf`, Keras and GPU; returns its result.

    Args:
        model_dir: Folder of the exported version.
        seconds: Time limit.
        megabytes: Limit of the memory that it may occupy, in MiB. Default: no limit.

    Raises:
        UserError: With the reason, if the model cannot be loaded within the limits, refuses a
            request, or gives answers of another form than the recorded ones.
    """
    command = [sys.executable, "-m", "serving.replay", f"--model_dir={os.path.abspath(model_dir)}"]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, text=True, errors="replace", **pipes
    ) as process:
        try:
            output, errors = _communicate(process, seconds, megabytes)
        finally:
            process.kill()
    if process.returncode:
        raise UserError(_reason(process.returncode, errors))
    return json.loads(output.splitlines()[-1])


def validate(model_dir, seconds=SECONDS, megabytes=MEGABYTES):
    """Replays as `replay` does; also raises a `UserError` if answers differ too much on average."""
    found = replay(model_dir, seconds, megabytes)
    for name, difference in found["differences"].items():
        if not difference["mean"] <= TOLERANCE:  # so that NaN fails, too
            raise UserError(
                f"signature {name!r} is off by {difference['mean']:.2g} on average from the "
                f"answers of the trained model; expected at most {TOLERANCE}"
            )
    return found


def _communicate(process, seconds, megabytes):
    """Returns the output and the errors of a process that stays within its limits."""
    import psutil  # Not every system can limit the memory of a process itself.

    deadline = time.monotonic() + seconds
    while True:
        try:
            return process.communicate(timeout=_LOOK)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise UserError(f"the model was not ready within {seconds} seconds") from None
        try:
            used = psutil.Process(process.pid).memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            continue
        if megabytes and used > megabytes:
            raise UserError(f"the model needs more than {megabytes} MiB of memory")


def _reason(status, errors):
    """Returns why the other process failed: its own message, or how it ended."""
    lines = [line for line in errors.splitlines() if line.strip()] or ["nothing"]
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if said:
        return said[-1]
    killed = f"was killed by {signal.Signals(-status).name}" if status < 0 else None
    ended = killed or f"ended with status {status}"
    return f"the process that ran the model {ended}; its last line: {lines[-1]}"
