"""Imports TensorFlow quickly, and without the lines that it writes at any log level."""

import contextlib
import gc
import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Imports TensorFlow and Keras; called before a library that needs them is imported.

    It hides what the import writes to the terminal, unless it fails or the user has set
    TF_CPP_MIN_LOG_LEVEL below 3.
    """
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        return
    quiet = os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "3"
    # An import makes objects that stay. Scanning them for garbage again and again takes a fifth
    # of its time.
    collects = gc.isenabled()
    gc.disable()
    try:
        with _hidden_stderr() if quiet else contextlib.nullcontext():
            import keras  # noqa: F401
            import tensorflow  # noqa: F401
    finally:
        if collects:
            gc.enable()


@contextlib.contextmanager
def _hidden_stderr():
    """Hides what is written to the terminal, even by C++ code, unless an exception is raised."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as hidden:
        terminal = os.dup(2)
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(terminal, hidden.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
