"""The error that every builder raises for missing or damaged raw files."""


class RawDataError(Exception):
    """Raw files are missing, damaged or in the wrong format.

    The message is written for users of the command line and needs no stack trace. It names the
    folder or file, what was expected, what was found, and how to fix it.
    """
