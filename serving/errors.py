"""How the command lines of serving speak of a user's mistake: one message, no stack trace."""

import os
import sys


class UserError(Exception):
    """A mistake that the user can mend; its message names what was expected and what came."""


def run_main(main) -> None:
    """Parses flags and runs `main(argv)`; a `UserError` becomes one message and exit status 1."""
    from absl import app, logging

    # TensorFlow's start-up messages (no GPU, which instructions) would hide the lines that matter.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    def guarded(argv):
        logging.set_verbosity(logging.WARNING)
        if len(argv) > 1:
            raise app.UsageError(f"arguments without a flag: {' '.join(argv[1:])}")
        try:
            return main(argv)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1

    app.run(guarded)
