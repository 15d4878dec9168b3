"""Writes files atomically: readers see the old file or the new one, never a part of it."""

import contextlib
import hashlib
import json
import os
import pathlib


@contextlib.contextmanager
def atomic_write(path):
    """Yields a temporary path, and moves it to `path` if the block succeeds.

    The temporary path has the suffix of `path`, because many writers choose their format by it.
    Missing folders are created. After an error, the temporary file is deleted.

    Args:
        path: the file to write.

    Yields:
        A `pathlib.Path` in the folder of `path`.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.errno and error.filename in (None, str(temporary)):  # a full disk names no file
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path, values) -> None:
    """Writes a JSON file atomically."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")


def read_json(path):
    """Reads a JSON file.

    Args:
        path: the file.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is damaged, or nested deeper than Python reads.
    """
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path}: expected JSON that is nested less deeply") from None


def json_hash(values) -> str:
    """Returns a short hash of JSON-serializable values, for the names of files and folders."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
