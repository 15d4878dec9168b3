"""Keeps two processes from writing into one folder at the same time."""

import contextlib
import os
import pathlib
import time

from sagcn_tf.errors import UserError
from sagcn_tf.files import read_json, write_json

_LOCK, _OWNER = ".lock", ".lock_owner.json"


@contextlib.contextmanager
def locked_folder(folder, on_busy):
    """Holds the lock of a folder inside the block.

    The system gives the lock back when its process ends in any way, so a process that was killed
    does not block the next one.

    Args:
        folder: the folder, which is created if it is missing.
        on_busy: called with a description of the process that holds the lock, if there is one.
            After it returns, this process waits for the lock; it may raise instead.

    Raises:
        UserError: if the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    folder = pathlib.Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_busy(_owner(folder))
            lock.acquire()
        started = time.strftime("%Y-%m-%d %H:%M:%S")
        write_json(folder / _OWNER, {"process": os.getpid(), "started": started})
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error}. Choose another folder") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / _OWNER).unlink()
        lock.release()


def _owner(folder):
    """Describes the process that holds the lock; it may just be writing down who it is."""
    try:
        owner = read_json(folder / _OWNER)
        return f"process {owner['process']}, started {owner['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
