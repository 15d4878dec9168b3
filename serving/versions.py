"""The numbered versions of a model in a folder, as TensorFlow Serving reads them.

A server may load any folder whose name is a number, at any moment. So a version is written under
another name in the same folder and renamed when it is complete.
"""

import errno
import os
import pathlib
import re
import shutil
import uuid

from serving.errors import UserError


def local_path(path):
    """Returns a path or an address `file:///PATH`, as TensorFlow Serving takes both, as a path.

    Raises:
        UserError: If it is the address of something else.
    """
    scheme, colon, place = str(path).partition("://")
    if not colon:
        return path
    if scheme == "file" and place.startswith("/"):
        return place
    raise UserError(f"{path}: expected a folder or file of this machine, or file:///PATH")


def version_numbers(folder):
    """Returns the sorted numbers of the versions in a folder; none if there is no such folder."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name) for name in names if re.fullmatch("[0-9]+", name))


def version_path(folder, number):
    """Returns the path of a version, whose name may have leading zeros."""
    names = [name for name in os.listdir(folder) if re.fullmatch(f"0*{number}", name)]
    if not names:
        raise FileNotFoundError(f"{folder} has no version {number} any more")
    return pathlib.Path(folder) / names[0]


def write_version(folder, write, purpose, taken=lambda: []):
    """Adds a version to a folder, completely or not at all.

    Args:
        folder: Folder of the versions; it is created if it is missing.
        write: Function that fills a temporary folder. After an error, or if the process is killed
            meanwhile, there is no new version.
        purpose: First word of the name of the temporary folder, as in `.exporting-...`.
        taken: Function that returns more numbers that must not be used again.

    Returns:
        The path of the version. Its number is one above the highest. If two processes add a
        version at the same time, each gets its own number.

    Raises:
        OSError: If something cannot be written.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{purpose}-{uuid.uuid4().hex}"
    temporary.mkdir()
    try:
        write(temporary)
        while True:
            number = max([0, *version_numbers(folder), *taken()]) + 1
            try:
                # Fails if another process was faster: its folder is there and not empty.
                os.rename(temporary, folder / str(number))
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            else:
                return folder / str(number)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
