"""Folders that the workers of a run of pytest share, so that each is written once."""

import atexit
import functools
import os
import pathlib
import shutil
import tempfile

from filelock import FileLock

_ROOT = "SAGCN_TESTS_FOLDER"  # the workers inherit this variable


@functools.cache
def shared_root():
    """Returns a temporary folder, which ends with the process that asked for it first."""
    if _ROOT not in os.environ:
        os.environ[_ROOT] = tempfile.mkdtemp(prefix="sagcn_tests_")
        atexit.register(shutil.rmtree, os.environ[_ROOT], ignore_errors=True)
    return pathlib.Path(os.environ[_ROOT])


def shared_folder(name, write):
    """Returns the folder `name`, which the first worker that needs it fills by `write(folder)`."""
    folder, done = shared_root() / name, shared_root() / f"{name}.done"
    with FileLock(shared_root() / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            write(folder)
            done.touch()
    return folder
