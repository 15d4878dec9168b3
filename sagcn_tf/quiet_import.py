"""Imports TensorFlow without the lines that it writes whatever its log level is."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Imports TensorFlow; called before a library that needs it is imported.

    It hides what the import writes to the terminal, unless it fails or the user has set
    TF_CPP_MIN_LOG_LEVEL below 3.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") != "3":
        return
    sys.stderr.flush()
    with tempfile.TemporaryFile() as hidden:
        terminal = os.dup(2)
        os.dup2(hidden.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        except BaseException:
            hidden.seek(0)
            os.write(terminal, hidden.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
