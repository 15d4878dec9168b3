"""Locates the raw files of data sets that users have to download themselves."""

from datasets.raw_data_error import RawDataError


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
