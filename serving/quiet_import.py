"""Imports TensorFlow without its lines about a missing GPU and oneDNN, which no log level hides."""

import os
import sys
import tempfile

_HIDDEN = b"cudart_stub", b"before absl::InitializeLog()", b"oneDNN custom operations are on"


def import_tensorflow():
    """Imports TensorFlow; other lines that this prints appear once it is done."""
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            written.seek(0)
            for line in written:
                if not any(name in line for name in _HIDDEN):
                    os.write(2, line)
