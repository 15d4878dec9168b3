"""The files of NTU RGB+D in a folder."""

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.recording_names import SUFFIX, read_name

# The longest recordings have about 4 MB; more would only cost memory.
LARGEST_FILE = 16 * 2**20


class FolderSource:
    """`S001C001P001R001A001.skeleton`, ... as they lie in one folder.

    Args:
        path: the folder, `pathlib` or `epath`; one that doesn't exist holds nothing.
    """

    def __init__(self, path):
        self.path = path

    def recordings(self):
        """Returns the `Recording`s of the ten actions that lie there, a sorted list."""
        if not self.path.is_dir():
            return []
        names = (path.name for path in self.path.iterdir())
        found = (read_name(name.removesuffix(SUFFIX)) for name in names if name.endswith(SUFFIX))
        return sorted(filter(None, found))

    def read(self, recording):
        """Returns the content of a recording's file, bytes.

        Raises:
            DamagedFileError: if it can't be read, or is larger than any recording.
        """
        try:
            with (self.path / f"{recording.name}{SUFFIX}").open("rb") as file:
                return read_limited(file, recording)
        except OSError as error:
            raise DamagedFileError(
                recording.name + SUFFIX, None, f"can't be read: {error}"
            ) from None


def read_limited(file, recording):
    """Reads an open file that is not larger than any recording."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        reason = f"expected at most {LARGEST_FILE // 2**20} MiB, got more"
        raise DamagedFileError(recording.name + SUFFIX, None, reason)
    return data
