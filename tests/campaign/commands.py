"""Starts the project's commands without importing TensorFlow anew each time.

Each command is a process of its own, forked from one that has imported TensorFlow, and runs as
`python -m` would run it. This spares every start some seconds.
"""

import functools
import multiprocessing
import os
import pathlib
import re
import runpy
import sys

from absl import flags

# A module that cannot be imported is left out without a word: `ready` would tell.
_PRELOADED = [
    *("tensorflow_datasets", "sagcn_tf.training.run", "sagcn_tf.evaluation.run"),
    *("sagcn_tf.exporting.exporter", "sagcn_tf.generation.writers", "sagcn_tf.data.inspection"),
    *("datasets.motion_folder.motion_folder_dataset_builder", "tensorboard.summary", "filelock"),
    *("sagcn_tf.models.paper.paper_sagcn", "tests.campaign.small_model"),
]
_TRACE = "Traceback (most recent call last)"
_NO_FLAG = "the message names flags that this command does not have:"
_context = multiprocessing.get_context("forkserver")


@functools.cache
def ready():
    """Returns when commands can be started at once; the first call takes as long as the imports."""
    _context.set_forkserver_preload(_PRELOADED)
    check = _context.Process(target=_check)
    check.start()
    check.join()
    if check.exitcode:
        raise RuntimeError("the modules of the commands cannot be imported, see above")


class Command:
    """A command that runs in the background.

    Args:
        module: such as `sagcn_tf.train`.
        log: file for what it prints.
        **arguments: its flags, see `words`.
    """

    def __init__(self, module, log, **arguments):
        ready()
        self.log = pathlib.Path(log)
        self.process = _context.Process(
            target=_run, args=(module, words(arguments), str(self.log)), daemon=True
        )
        self.process.start()

    def running(self):
        """Returns whether it has not ended yet."""
        return self.process.is_alive()

    def kill(self):
        """Ends it with SIGKILL."""
        self.process.kill()
        self.process.join()

    def wait(self, seconds=300):
        """Waits until it ends.

        Returns:
            `(status, text)`: its exit status, negative for a signal, None if it was killed after
            `seconds`; and what it printed.
        """
        self.process.join(seconds)
        status = self.process.exitcode
        if status is None:
            self.kill()
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return status, text


def run(module, log, seconds=300, **arguments):
    """Runs a command to its end; returns `(status, text)`, see `Command.wait`."""
    return Command(module, log, **arguments).wait(seconds)


def words(arguments):
    """Returns flags as words of a command line; True and False are `--name` and `--noname`."""
    signs = {True: "--", False: "--no"}
    return [
        f"{signs[value]}{name}" if isinstance(value, bool) else f"--{name}={value}"
        for name, value in arguments.items()
    ]


def fault(status, text):
    """Describes the end of a command that is neither a success nor one message; else None."""
    if status is None:
        return "did not end"
    if _TRACE in text:
        return f"stack trace: {text[text.rindex(_TRACE) :].strip().splitlines()[-1][:300]}"
    if _NO_FLAG in text:
        return text[text.index(_NO_FLAG) :].strip()
    if status == 0 or (status == 1 and "error: " in text):
        return None
    return f"ended with status {status}: {text.strip()[-300:]}"


def message(text):
    """Returns the message that a command ended with, or an empty string."""
    return text.rpartition("error: ")[2].strip() if "error: " in text else ""


def _check():
    if missing := [name for name in _PRELOADED if name not in sys.modules]:
        raise ImportError(f"not imported: {', '.join(missing)}")


def _run(module, words, log):
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(file, number)
        setattr(sys, name, open(number, "w", buffering=1, closefd=False))  # noqa: SIM115
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        named = re.findall(r"--(\w+)", message(pathlib.Path(log).read_text(errors="replace")))
        if missing := set(named) - set(flags.FLAGS):
            print(_NO_FLAG, ", ".join(sorted(missing)))
