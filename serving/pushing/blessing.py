"""The blessing of a version: the checks it passed, their results, and the hashes of its files."""

import datetime
import hashlib
import json
import pathlib

from serving.errors import UserError

NAME = "blessing.json"


def write_blessing(folder, source, checks):
    """Writes `blessing.json` into the folder of a version.

    Args:
        folder: Folder of the version.
        source: The exported folder that it is a copy of.
        checks: Dict of the results of the checks, which JSON can hold.
    """
    blessing = {
        "source": str(source),
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **checks,
        "sha256": file_hashes(folder),
    }
    (pathlib.Path(folder) / NAME).write_text(json.dumps(blessing, indent=2) + "\n")


def check_blessing(folder):
    """Checks that a version is blessed and has not changed since.

    Args:
        folder: Folder of the version.

    Raises:
        UserError: With the reason, if it is not blessed or has changed.
    """
    path = pathlib.Path(folder) / NAME
    try:
        blessed = json.loads(path.read_text())["sha256"]
    except FileNotFoundError:
        raise UserError(f"{folder} is not blessed") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is damaged: {error!r}") from error
    hashes = file_hashes(folder)
    if hashes != blessed:
        names = {name for name, _ in set(hashes.items()) ^ set(blessed.items())}
        raise UserError(f"{folder} has changed since it was blessed: {', '.join(sorted(names))}")


def file_hashes(folder):
    """Returns `{path: SHA-256}` of all files of a version except its blessing."""
    folder = pathlib.Path(folder)
    hashes = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            with open(path, "rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
