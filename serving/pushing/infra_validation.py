"""Infra validation: loads and runs a model in another process with limits."""

import json
import os
import pathlib
import signal
import subprocess
import sys

from serving.errors import UserError

SECONDS, MEGABYTES = 300, 4096
# Largest mean difference of the answers, as `serving.replay` measures it. Another processor rounds
# differently, so that now and then pruning keeps another frame; a broken model is off by about 1.
TOLERANCE = 1e-3
_ROOT = pathlib.Path(__file__).parents[2]


def replay(model_dir, seconds, megabytes=None):
    """Replays the warm-up requests of an exported model in another process.

    That process imports neither `sagcn_tf` nor Keras and does not use a GPU; it loads the model
    the way TensorFlow Serving does.

    Args:
        model_dir: Folder of the exported version.
        seconds: Time limit.
        megabytes: Limit of the memory that it may allocate, in MiB. Default: no limit.

    Returns:
        The result of `serving.replay`: `requests`, `seconds`, `latency_ms`, `differences`.

    Raises:
        UserError: With the reason, if the model cannot be loaded within the limits, refuses a
            request, or gives answers of another form than the recorded ones.
    """
    command = [sys.executable, "-m", "serving.replay", f"--model_dir={os.path.abspath(model_dir)}"]
    if megabytes:
        command.append(f"--memory_limit={megabytes}")
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    try:
        result = subprocess.run(
            command,
            **{"cwd": _ROOT, "env": environment, "timeout": seconds},
            **{"capture_output": True, "text": True, "errors": "replace", "check": False},
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"the model was not ready within {seconds} seconds") from None
    if result.returncode:
        raise UserError(_reason(result, megabytes))
    return json.loads(result.stdout.splitlines()[-1])


def validate(model_dir, seconds=SECONDS, megabytes=MEGABYTES):
    """Replays as `replay` does, and refuses answers that differ too much on average.

    Args:
        model_dir: Folder of the exported version.
        seconds: Time limit. Default: 300.
        megabytes: Memory limit, in MiB. Default: 4096.

    Returns:
        The result of `replay`.

    Raises:
        UserError: With the reason, if the model does not pass.
    """
    found = replay(model_dir, seconds, megabytes)
    for name, difference in found["differences"].items():
        if difference["mean"] > TOLERANCE:
            raise UserError(
                f"signature {name!r} is off by {difference['mean']:.2g} on average from the "
                f"answers of the trained model; expected at most {TOLERANCE}"
            )
    return found


def _reason(result, megabytes):
    """Returns why the other process failed: its own message, or how it ended."""
    lines = [line for line in result.stderr.splitlines() if line.strip()] or ["nothing"]
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if said:
        return said[-1]
    ended = f"ended with status {result.returncode}"
    if result.returncode < 0:
        ended = f"was killed by {signal.Signals(-result.returncode).name}"
    if megabytes:
        ended += f"; maybe it needs more than {megabytes} MiB of memory"
    return f"the process that ran the model {ended}; its last line: {lines[-1]}"
