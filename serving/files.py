"""Writing files whole, for what must work without the library."""

import contextlib
import os
import pathlib


@contextlib.contextmanager
def whole_file(path):
    """Yields a temporary path beside `path`, which it replaces when the block ends without error.

    The temporary file keeps the suffix of `path`, as many writers choose their format by it.
    After an error nothing is left behind.
    """
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
