"""User errors, and how the commands report them: one message, no stack trace."""

import os
import re
import sys


class UserError(Exception):
    """An error that the user can fix; its message says what was expected, and what was found."""


def short(error) -> str:
    """Returns the kind and the first line of an error, without the names of TensorFlow's nodes."""
    text = re.sub(r"\{\{.*?\}\} ?", "", str(error)).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:200] if text else 'no details'}"


def run_main(main, actions=()) -> None:
    """Parses the flags and runs `main(argv)`; prints a `UserError` and exits with status 1.

    Args:
        main: called with the arguments that are no flags: the program and, with `actions`, one of
            them.
        actions: names, one of which has to be given. Default: none, which allows flags only.
    """
    from absl import app, logging

    # Hides TensorFlow's startup messages about GPUs and CPU instructions.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    def guarded(argv):
        logging.set_verbosity(logging.WARNING)
        if actions and (len(argv) != 2 or argv[1] not in actions):
            raise app.UsageError(f"expected one of {', '.join(actions)}, got: {' '.join(argv[1:])}")
        if not actions and len(argv) > 1:
            raise app.UsageError(
                f"expected flags only (--name=value), got the arguments: {' '.join(argv[1:])}"
            )
        try:
            return main(argv)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1

    app.run(guarded)
