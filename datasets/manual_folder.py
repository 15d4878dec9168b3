"""Locates the raw files of data sets that users have to download themselves."""

from datasets.raw_data_error import RawDataError

_NAMED = 10


def manual_folder(dl_manager, instructions):
    """Returns the manual directory of TFDS.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        instructions: the builder's `MANUAL_DOWNLOAD_INSTRUCTIONS`.

    Raises:
        RawDataError: if the directory doesn't exist or is not a directory. The message includes
            the instructions.
    """
    try:
        return dl_manager.manual_dir
    except AssertionError as error:  # TFDS's own message ends with the instructions
        raise RawDataError(str(error)) from None
    except NotADirectoryError as error:
        raise RawDataError(f"{error.filename} is not a folder.\n{instructions}") from None


def nested(folder, depth=2):
    """Returns a folder and its visible subfolders, as archives may be unpacked one deeper.

    Args:
        folder: `pathlib` or `epath` path of a folder.
        depth: how many folders deep to look. Default: 2.
    """
    found = [folder]
    if depth and folder.is_dir():
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        # Asking the disk about 56,880 recordings would take long.
        subfolders = [path for path in inside if path.suffix != ".skeleton" and path.is_dir()]
        found += [one for path in subfolders for one in nested(path, depth - 1)]
    return found


def contents(folder):
    """Names what lies in a folder, for messages."""
    if not folder.is_dir():
        return "nothing"
    paths = sorted(folder.iterdir())
    names = [path.name + "/" * path.is_dir() for path in paths[:_NAMED]]
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(names) + more or "nothing"
