"""Atomic file writes, and JSON files, without a dependency on `sagcn_tf`."""

import contextlib
import json
import os
import pathlib


@contextlib.contextmanager
def atomic_write(path):
    """Yields a temporary path that replaces `path` when the block ends without an error.

    The temporary file is in the same folder and keeps the suffix of `path`, because many writers
    choose their format by it. Missing folders are created. After an error nothing is left behind.

    Args:
        path: The file to write.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path):
    """Reads a JSON file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is damaged, or nested deeper than Python reads.
    """
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path}: expected JSON that is nested less deeply") from None
