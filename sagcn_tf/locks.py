"""Keeps two processes from writing into one folder at the same time."""

import contextlib
import os
import pathlib
import time

from sagcn_tf.errors import UserError
from sagcn_tf.files import read_json, write_json

_LOCK, _OWNER = ".lock", ".lock_owner.json"
_TRIES = 100


@contextlib.contextmanager
def locked_folder(folder, on_busy):
    """Holds the lock of a folder inside the block.

    The operating system releases the lock however its process ends, so a process that was killed
    does not block the next one.

    Args:
        folder: the folder, which is created if it is missing, and removed again if the block leaves
            it empty.
        on_busy: called with a description of the process that holds the lock, if there is one.
            After it returns, this process waits for the lock; it may raise instead.

    Raises:
        UserError: if the folder cannot be written.
    """
    folder = pathlib.Path(folder)
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        lock = _acquired(folder, on_busy)
        started = time.strftime("%Y-%m-%d %H:%M:%S")
        write_json(folder / _OWNER, {"process": os.getpid(), "started": started})
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error}. Choose another folder") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / _OWNER).unlink()
            _remove_unused(folder, missing)
        lock.release()


def _acquired(folder, on_busy):
    """Creates the folder if it is missing, and returns its lock when this process holds it."""
    from filelock import FileLock, Timeout

    for tries_left in reversed(range(_TRIES)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / _LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                on_busy(_owner(folder))
                lock.acquire()
            return lock
        except (FileExistsError, FileNotFoundError):
            # Its last owner may just have removed it, and another process created it again.
            if not tries_left:
                raise


def _remove_unused(folder, created):
    """Removes the lock of an otherwise empty folder, and the folders that were created for it.

    A process that waits for the removed lock notices: FileLock checks that the file still exists.
    """
    if [path.name for path in folder.iterdir()] == [_LOCK]:
        (folder / _LOCK).unlink()
        for one in created:
            one.rmdir()


def _owner(folder):
    """Describes the process that holds the lock, which may not have written its description yet."""
    try:
        owner = read_json(folder / _OWNER)
        return f"process {owner['process']}, started {owner['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
