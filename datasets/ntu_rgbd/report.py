"""Reports unusable recordings: in a file, in a warning, or as an error."""

import os

from datasets import raw_files_report
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.inventory import MISSING_LIST, MISSING_LIST_HOMEPAGE
from datasets.raw_data_error import RawDataError

_SHOWN = 3


def write_report(folder, inventory, summary):
    """Writes the counts and the unusable recordings as JSON.

    Args:
        folder: `epath` path of the folder above the prepared data.
        inventory: an `Inventory`.
        summary: the `Summary` of all that was read.

    Returns:
        The path of the report.
    """
    values = {
        "source": os.fspath(inventory.source.path),
        "found": len(inventory.found),
        "incomplete": inventory.describe().splitlines(),
        "listed": [
            recording.name for recording in inventory.found if recording in (inventory.listed or ())
        ],
        "read": len(inventory.to_read),
        "usable": dict(summary.clips),
        "missing": sorted(summary.missing, key=_file),
        "damaged": sorted(summary.damaged, key=_file),
    }
    return raw_files_report.write(folder, values)


def check(inventory, summary, largest_share, path):
    """Raises an error if too many files are damaged or a split has no usable recordings.

    Args:
        inventory: an `Inventory`.
        summary: the `Summary` of all that was read.
        largest_share: largest allowed share of damaged files.
        path: of the report.

    Raises:
        RawDataError: with the number of damaged files and the first three.
    """
    damaged, read = len(summary.damaged), len(inventory.to_read)
    if damaged > largest_share * read:
        raise RawDataError(
            f"{inventory.source.path}: {damaged} of {read} files are damaged, more than"
            f" {largest_share:.0%}: {_few_damaged(summary)}. {path} lists all of them. Copy or"
            " download the data again."
        )
    for split in ("train", "test"):
        if not summary.clips[split]:
            raise RawDataError(
                f"{inventory.source.path}: expected usable recordings for both splits, but none of"
                f" the {read} files is usable for {split}. {path} lists the reasons."
            )


def describe(inventory, summary, path):
    """Describes missing, unusable and damaged recordings; "" if the data set is complete.

    Args:
        inventory: an `Inventory`.
        summary: the `Summary` of all that was read.
        path: of the report.
    """
    parts = [inventory.describe()]
    missing = len(summary.missing)
    if inventory.listed is None:
        parts.append(
            f"Recordings left out because a person is tracked in fewer than half of the frames:"
            f" {missing}. To use the owners' list of unusable recordings instead, put"
            f" {MISSING_LIST} beside the recordings; download it from {MISSING_LIST_HOMEPAGE}."
        )
    elif missing:
        parts.append(f"Recordings without a usable skeleton that are not in the list: {missing}.")
    if summary.damaged:
        parts.append(
            f"{len(summary.damaged)} of {len(inventory.to_read)} files are damaged and left out:"
            f" {_few_damaged(summary)}."
        )
    parts = [part for part in parts if part]
    if missing or summary.damaged:
        parts.append(f"{path} lists every file that is left out, with the reason.")
    return "\n".join(parts)


def _file(entry):
    return entry["file"]


def _few_damaged(summary):
    damaged = sorted(summary.damaged, key=_file)
    shown = [str(DamagedFileError(**one)) for one in damaged[:_SHOWN]]
    return "; ".join(shown) + ("; ..." if len(damaged) > _SHOWN else "")
