"""Writing files whole: a reader finds the old file or the new one, never half of one."""

import contextlib
import json
import os
import pathlib


@contextlib.contextmanager
def atomic_write(path):
    """Yields a temporary path beside `path`, which it replaces when the block ends without error.

    The temporary file keeps the suffix of `path`, as many writers choose their format by it.
    Missing folders are made; after an error nothing is left behind.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path, values) -> None:
    """Writes JSON whole or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")
