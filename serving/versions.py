"""The numbered versions of a model in a folder, as TensorFlow Serving reads them.

A server takes any folder whose name is a number, at any moment. So a version is written under
another name in the same folder and renamed when it is whole.
"""

import errno
import os
import pathlib
import re
import shutil
import uuid


def version_numbers(folder):
    """Returns the numbers of the versions in a folder, rising; none if there is no such folder."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name) for name in names if re.fullmatch("[0-9]+", name))


def version_path(folder, number):
    """Returns the path of a version, whose name may have zeros in front."""
    names = [name for name in os.listdir(folder) if re.fullmatch(f"0*{number}", name)]
    return pathlib.Path(folder) / names[0]


def write_version(folder, write, purpose, taken=lambda: []):
    """Adds a version to a folder, whole or not at all.

    Args:
        folder: the folder of the versions; it is made if it is missing.
        write: function of a temporary folder that fills it. After an error, or if the process is
            killed meanwhile, the folder holds no new version.
        purpose: a word that begins the name of the temporary folder, as in `.exporting-...`.
        taken: function that returns more numbers that cannot be used again.

    Returns:
        The path of the version, whose number follows the highest. Of two processes that add one at
        once, the second gets the number after.

    Raises:
        OSError: if something cannot be written.
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
                # Fails where the other process was faster: its folder is there and not empty.
                os.rename(temporary, folder / str(number))
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            else:
                return folder / str(number)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
