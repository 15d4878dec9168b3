"""The blessing of a version: what was checked, with which result, of exactly which files."""

import datetime
import hashlib
import json
import pathlib

from serving.errors import UserError

NAME = "blessing.json"


def write_blessing(folder, source, checks):
    """Writes `blessing.json` into the folder of a version.

    Args:
        folder: the folder of the version.
        source: the exported folder that it is a copy of.
        checks: JSON-able dict of what was checked.
    """
    blessing = {
        "source": str(source),
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **checks,
        "sha256": file_hashes(folder),
    }
    (pathlib.Path(folder) / NAME).write_text(json.dumps(blessing, indent=2) + "\n")


def check_blessing(folder):
    """Makes sure that a version is blessed and still what was blessed.

    Raises:
        UserError: with the reason, if it is not.
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
        raise UserError(f"{folder} is not what was blessed: {', '.join(sorted(names))} changed")


def file_hashes(folder):
    """Returns `{path: SHA-256}` of all files of a version but its blessing."""
    folder = pathlib.Path(folder)
    hashes = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            with open(path, "rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
