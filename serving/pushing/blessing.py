"""The blessing of a version: the checks it passed, their results, and the hashes of its files.

Names and values are those of TFX: the empty files BLESSED and INFRA_BLESSED, which its Evaluator
and InfraValidator leave, and in blessing.json the properties of its artifacts, `blessed`,
`current_model`, `baseline_model`, `pushed` and `pushed_destination`.
"""

import datetime
import hashlib
import json
import pathlib

from serving.errors import UserError
from serving.files import read_json

NAME = "blessing.json"
_MARKERS = ("BLESSED", "INFRA_BLESSED")


def write_blessing(folder, model, destination, baseline, checks):
    """Writes `blessing.json` and the markers.

    Args:
        folder: Folder of the version.
        model: The exported folder that it is a copy of.
        destination: The served folder.
        baseline: The version that it was compared with, or None.
        checks: JSON-serializable dict of the results of the checks.
    """
    folder = pathlib.Path(folder)
    blessing = {
        "blessed": 1,
        "current_model": str(model),
        "baseline_model": None if baseline is None else str(baseline),
        "pushed": 1,
        "pushed_destination": str(destination),
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **checks,
        "sha256": _file_hashes(folder),
    }
    (folder / NAME).write_text(json.dumps(blessing, indent=2) + "\n")
    for marker in _MARKERS:
        (folder / marker).touch()


def check_blessing(folder):
    """Raises a `UserError` with the reason if a version is not blessed or has changed since."""
    path = pathlib.Path(folder) / NAME
    try:
        blessed = read_json(path)["sha256"]
        names = {name for name, _ in _file_hashes(folder).items() ^ blessed.items()}
    except FileNotFoundError:
        raise UserError(f"{folder} is not blessed") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is damaged: {error!r:.200}") from error
    if names:
        raise UserError(f"{folder} has changed since it was blessed: {', '.join(sorted(names))}")


def _file_hashes(folder):
    """Returns `{path: SHA-256}` of all files of a version except those of its blessing."""
    folder = pathlib.Path(folder)
    hashes = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (NAME, *_MARKERS):
            with open(path, "rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
