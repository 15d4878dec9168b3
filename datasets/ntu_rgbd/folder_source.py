"""NTU RGB+D files in a folder."""

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.recording_names import SUFFIX, read_name

# The longest recordings take about 4 MB. The limit saves memory on files that aren't recordings.
LARGEST_FILE = 16 * 2**20


class FolderSource:
    """Reads `S001C001P001R001A001.skeleton`, ... from one folder.

    Args:
        path: `pathlib` or `epath` path of the folder. A missing folder counts as empty.
    """

    def __init__(self, path):
        self.path = path

    def recordings(self):
        """Returns a sorted list of the `Recording`s of the ten actions."""
        if not self.path.is_dir():
            return []
        names = (path.name for path in self.path.iterdir())
        found = (read_name(name.removesuffix(SUFFIX)) for name in names if name.endswith(SUFFIX))
        return sorted(filter(None, found))

    def read(self, recording):
        """Returns the content of a recording's file as bytes.

        Raises:
            DamagedFileError: if the file can't be read or exceeds `LARGEST_FILE` bytes.
        """
        try:
            with (self.path / f"{recording.name}{SUFFIX}").open("rb") as file:
                return read_limited(file, recording)
        except OSError as error:
            raise DamagedFileError(
                recording.name + SUFFIX, None, f"can't be read: {error}"
            ) from None


def read_limited(file, recording):
    """Reads an open file of at most `LARGEST_FILE` bytes."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        reason = f"expected at most {LARGEST_FILE // 2**20} MiB, got a larger file"
        raise DamagedFileError(recording.name + SUFFIX, None, reason)
    return data
