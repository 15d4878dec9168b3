"""The error of raw files that are absent or damaged, the same for every builder."""


class RawDataError(Exception):
    """Recordings that can't be used: none found, or a file that isn't what it should be.

    The message is meant for the user of a command line and is complete without a stack trace: it
    names the folder or file, what was expected, what came, and how to mend it.
    """
