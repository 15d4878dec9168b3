"""Parsers of others that a damaged file sends round in circles end in an error."""

import contextlib
import itertools
import sys


@contextlib.contextmanager
def bounded_work(calls):
    """Raises a `ValueError` in the block once it has made too many calls of any function.

    Args:
        calls: the most calls. Loops of a parser call something for every value that they read.
    """
    made = itertools.count(1)

    def count(*_):
        if next(made) > calls:
            raise ValueError("it states more values than it can hold")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
