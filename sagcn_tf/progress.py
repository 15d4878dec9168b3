"""Progress bars: live in a terminal, a line now and then in a file."""

import sys

from tqdm import tqdm


def progress_bar(description, total, unit, shown=True, initial=0):
    """Creates a `tqdm` progress bar.

    Args:
        description: what is done; empty if it needs no name.
        total: number of units.
        unit: name of a unit.
        shown: whether to show it. Default: True.
        initial: number of units done before. Default: 0.
    """
    interval = 0.5 if sys.stderr.isatty() else 30  # seconds
    return tqdm(
        desc=description or None,
        total=total,
        initial=initial,
        unit=unit,
        mininterval=interval,
        maxinterval=max(interval, 10),
        dynamic_ncols=True,
        disable=not shown,
    )
