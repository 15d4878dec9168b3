"""How the command lines speak of a user's mistake: one message, no stack trace."""

import sys


class UserError(Exception):
    """A mistake that the user can mend; its message names what was expected and what came."""


def run_main(main) -> None:
    """Parses flags and runs `main(argv)`; a `UserError` becomes one message and exit status 1."""
    from absl import app

    def guarded(argv):
        if len(argv) > 1:
            raise app.UsageError(f"arguments without a flag: {' '.join(argv[1:])}")
        try:
            return main(argv)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1

    app.run(guarded)
