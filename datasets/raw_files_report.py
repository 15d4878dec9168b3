"""The report on raw files that a builder could not use."""

import json
import os

NAME = "raw_files_report.json"


def write(folder, values):
    """Writes a report, atomically.

    Args:
        folder: `epath` path of the folder above the prepared data.
        values: a JSON-serializable dict.

    Returns:
        The path of the report.
    """
    path = folder / NAME
    part = path.with_name(f".{NAME}.{os.getpid()}")
    part.write_text(json.dumps(values, indent=1))
    part.replace(path)
    return path
