"""Infra validation: a model is loaded and asked in a process of its own, which has its limits."""

import json
import os
import pathlib
import signal
import subprocess
import sys

from serving.errors import UserError

SECONDS, MEGABYTES = 300, 4096
# Largest mean difference of the answers, as `serving.replay` measures it. Another processor rounds
# otherwise, and now and then pruning then keeps another frame; a broken model is off by about 1.
TOLERANCE = 1e-3
_ROOT = pathlib.Path(__file__).parents[2]


def replay(model_dir, seconds, megabytes=None):
    """Asks an exported model its own warm-up requests in another process.

    That process imports neither the library nor Keras and leaves the GPU to those who serve; it
    loads the model as TensorFlow Serving does.

    Args:
        model_dir: folder of the exported version.
        seconds: time limit.
        megabytes: limit of the memory that it may allocate, in MiB. Default none.

    Returns:
        What `serving.replay` found: `requests`, `seconds`, `latency_ms`, `differences`.

    Raises:
        UserError: with the reason, if the model cannot be loaded within the limits, refuses a
            request or answers with something else than what is recorded.
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
    """As `replay`, and refuses answers that are on average another motion.

    Args:
        model_dir: folder of the exported version.
        seconds: time limit. Default 300.
        megabytes: memory limit, in MiB. Default 4096.

    Raises:
        UserError: with the reason, if the model does not pass.
    """
    found = replay(model_dir, seconds, megabytes)
    for name, difference in found["differences"].items():
        if difference["mean"] > TOLERANCE:
            raise UserError(
                f"signature {name!r} is off by {difference['mean']:.2g} on average from what the "
                f"trained model answered; expected {TOLERANCE} at most"
            )
    return found


def _reason(result, megabytes):
    """Why the other process failed: its own words, or how it ended."""
    lines = [line for line in result.stderr.splitlines() if line.strip()] or ["nothing"]
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if said:
        return said[-1]
    ended = f"ended with status {result.returncode}"
    if result.returncode < 0:
        ended = f"was ended by {signal.Signals(-result.returncode).name}"
    if megabytes:
        ended += f", as it does when it needs more than {megabytes} MiB"
    return f"the process that tried the model {ended}; the last it said: {lines[-1]}"
