"""Where a user has put the raw files of a data set that can't be downloaded."""

from datasets.raw_data_error import RawDataError


def manual_folder(dl_manager, instructions):
    """Returns TFDS's manual directory.

    Args:
        dl_manager: `tfds.download.DownloadManager`.
        instructions: the builder's `MANUAL_DOWNLOAD_INSTRUCTIONS`.

    Raises:
        RawDataError: if it isn't there or isn't a folder; repeats the instructions.
    """
    try:
        return dl_manager.manual_dir
    except AssertionError as error:  # TFDS's own message ends with the instructions
        raise RawDataError(str(error)) from None
    except NotADirectoryError as error:
        raise RawDataError(f"{error.filename} is not a folder.\n{instructions}") from None
