"""Errors that a user can fix: command lines print one message and no stack trace."""

import logging
import os
import sys


class UserError(Exception):
    """An error that the user can fix; the message says what was expected and what was found."""


def run_main(main) -> None:
    """Parses flags and runs `main(argv)`; a `UserError` becomes one message and exit status 1."""
    from absl import app
    from absl import logging as absl_logging

    # Otherwise TensorFlow's messages (no GPU, a deprecated loader) hide the lines that matter.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel("ERROR")

    def guarded(argv):
        absl_logging.set_verbosity(absl_logging.WARNING)
        if len(argv) > 1:
            raise app.UsageError(f"arguments without a flag: {' '.join(argv[1:])}")
        try:
            return main(argv)
        except KeyboardInterrupt:
            print("\nstopped by Ctrl-C", file=sys.stderr)
            return 130
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1

    app.run(guarded)
