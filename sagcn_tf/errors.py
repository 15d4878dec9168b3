"""User errors, and how the commands report them: one message, no stack trace."""

import errno
import os
import re
import sys
from logging import WARNING

_FULL = ("ENOSPC", "EDQUOT", "EFBIG")
_REFUSED = ("EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG", "ELOOP")
_BROKEN = ("EIO", "ESTALE")
# Windows has not all of them.
_KNOWN = [name for name in (*_FULL, *_REFUSED, *_BROKEN) if hasattr(errno, name)]


class UserError(Exception):
    """An error that the user can fix; its message says what was expected, and what was found."""


def short(error) -> str:
    """Returns the kind and the first line of an error, without the names of TensorFlow's nodes."""
    text = re.sub(r"\{\{.*?\}\} ?", "", str(error)).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:200] if text else 'no details'}"


def file_error(error) -> str | None:
    """Describes an error of the file system, such as a full disk; None for any other error.

    Args:
        error: an exception. TensorFlow raises several kinds for a file; they carry the system's
            text, but no number.

    Returns:
        What happened to which file, and how to fix it.
    """
    described = None
    while error is not None and described is None:
        # Libraries raise errors of their own from those of the system.
        described, error = _described(error), error.__cause__
    return described


def _described(error):
    if isinstance(error, OSError):
        code, place = errno.errorcode.get(error.errno), error.filename
        reason = f"{place}: {error.strerror}" if place else str(error.strerror)
    elif type(error).__module__.startswith("tensorflow."):
        texts = {name: os.strerror(getattr(errno, name)) for name in _KNOWN}
        named = [name for name, text in texts.items() if text in str(error)]
        code, reason = (named or [None])[0], short(error).partition(": ")[2]
    else:
        return None
    if code in _FULL:
        return f"{reason}. Free some space on this disk"
    if code in _REFUSED:
        return f"{reason}. Choose another place, or change its permissions"
    return f"{reason}. Check this disk" if code in _BROKEN else None


def hide_notes() -> None:
    """Hides notes that a user cannot act on, such as warnings of TFDS about every data set."""
    from absl import logging

    logging.set_verbosity(logging.WARNING)
    logging.get_absl_logger().addFilter(_is_ours)


def _is_ours(record):
    return record.levelno > WARNING or "tensorflow_datasets" not in record.pathname


def run_main(main, actions=()) -> None:
    """Parses the flags and runs `main(argv)`; prints a `UserError` and exits with status 1.

    So does an error of the file system. Ctrl-C exits with status 130.

    Args:
        main: called with the arguments that are not flags: the program and, with `actions`, one of
            them.
        actions: names, one of which has to be given. Default: none, which allows flags only.
    """
    from absl import app

    # A name in another script must not end a command, whatever the terminal can show.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")

    def guarded(argv):
        hide_notes()
        if actions and (len(argv) != 2 or argv[1] not in actions):
            raise app.UsageError(f"expected one of {', '.join(actions)}, got: {' '.join(argv[1:])}")
        if not actions and len(argv) > 1:
            raise app.UsageError(
                f"expected flags only (--name=value), got the arguments: {' '.join(argv[1:])}"
            )
        try:
            return main(argv)
        except KeyboardInterrupt:
            print("\nstopped by Ctrl-C", file=sys.stderr)
            return 130
        except Exception as error:
            text = str(error) if isinstance(error, UserError) else file_error(error)
            if text is None:
                raise
            print(f"error: {text}", file=sys.stderr)
            return 1

    app.run(guarded)
