"""What to tell about the recordings that were read: in a file, in a warning, or by failing."""

import json
import os

from datasets.ntu_rgbd.inventory import MISSING_LIST, MISSING_LIST_HOMEPAGE
from datasets.raw_data_error import RawDataError

_SHOWN = 3


def write_report(path, stock, summary):
    """Writes what was found and what could not be used, as JSON; the file is written whole.

    Args:
        path: `epath` of the file.
        stock: an `Inventory`.
        summary: the `Summary` of all that was read.
    """
    values = {
        "source": os.fspath(stock.source.path),
        "found": len(stock.found),
        "listed": [
            recording.name for recording in stock.found if recording in (stock.listed or ())
        ],
        "read": len(stock.to_read),
        "usable": dict(summary.clips),
        "missing": sorted(summary.missing, key=_file),
        "damaged": sorted(summary.damaged, key=_file),
    }
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(values, indent=1))
    part.replace(path)


def check(stock, summary, largest_share, path):
    """Refuses a set of recordings of which too many are damaged, or too few are left.

    Args:
        stock: an `Inventory`.
        summary: the `Summary` of all that was read.
        largest_share: of damaged files.
        path: of the report.

    Raises:
        RawDataError: says how many are damaged, and names some.
    """
    damaged, read = len(summary.damaged), len(stock.to_read)
    if damaged > largest_share * read:
        raise RawDataError(
            f"{stock.source.path}: {damaged} of {read} files are damaged, more than"
            f" {largest_share:.0%}: {_few_damaged(summary)}. {path} names them all. Copy or"
            " download the data again."
        )
    for split in ("train", "test"):
        if not summary.clips[split]:
            raise RawDataError(
                f"{stock.source.path}: expected usable recordings for both splits, but of {read}"
                f" none is left for {split}; {path} says why."
            )


def describe(stock, summary, path):
    """Says in one text what is not as in the full data set; nothing if all is.

    Args:
        stock: an `Inventory`.
        summary: the `Summary` of all that was read.
        path: of the report.
    """
    parts = [stock.describe()]
    missing = len(summary.missing)
    if stock.listed is None:
        parts.append(
            f"Recordings without a usable skeleton, left out by rule: {missing}. The owners' list"
            f" of such recordings is not there; to go by it, put {MISSING_LIST} beside the"
            f" recordings; it is at {MISSING_LIST_HOMEPAGE}."
        )
    elif missing:
        parts.append(f"Recordings without a usable skeleton that are not on the list: {missing}.")
    if summary.damaged:
        parts.append(
            f"{len(summary.damaged)} of {len(stock.to_read)} files are damaged and left out:"
            f" {_few_damaged(summary)}."
        )
    parts = [part for part in parts if part]
    if missing or summary.damaged:
        parts.append(f"{path} names every file that is left out, and why.")
    return "\n".join(parts)


def _file(entry):
    return entry["file"]


def _few_damaged(summary):
    damaged = sorted(summary.damaged, key=_file)
    shown = [
        f"{one['file']}{'' if one['line'] is None else ', line ' + str(one['line'])}:"
        f" {one['reason']}"
        for one in damaged[:_SHOWN]
    ]
    return "; ".join(shown) + ("; ..." if len(damaged) > _SHOWN else "")
