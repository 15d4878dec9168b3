"""NTU RGB+D files in the owners' zip archive, read without unpacking it."""

import functools
import pathlib
import weakref
import zipfile
import zlib

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.folder_source import read_limited
from datasets.ntu_rgbd.recording_names import SUFFIX, read_name
from datasets.raw_data_error import RawDataError

# Raised by the standard library for damaged, encrypted or unsupported members.
_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError),
    UnicodeDecodeError,  # of a name
)


class ZipSource:
    """Reads `nturgb+d_skeletons/S001C001P001R001A001.skeleton`, ... from a zip file.

    Nothing is unpacked to disk, and at most one file is in memory. The source can be pickled; its
    copy opens the archive again.

    Args:
        path: `pathlib` or `epath` path of the zip file. A missing file counts as empty.
    """

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return ZipSource, (self.path,)

    def recordings(self):
        """Returns a sorted list of the `Recording`s of the ten actions.

        Raises:
            RawDataError: if the file is not a complete zip file.
        """
        return sorted(self._members) if self.path.exists() else []

    def read(self, recording):
        """Returns the content of a recording's file as bytes.

        Raises:
            DamagedFileError: if the file can't be read or exceeds `LARGEST_FILE` bytes.
        """
        try:
            with self._archive.open(self._members[recording]) as file:
                return read_limited(file, recording)
        except _ERRORS as error:
            file, reason = f"{recording.name}{SUFFIX}", f"can't be unpacked: {error}"
            raise DamagedFileError(file, None, reason) from None

    @functools.cached_property
    def _archive(self):
        try:
            file = self.path.open("rb")
            weakref.finalize(self, file.close)
            return zipfile.ZipFile(file)
        except _ERRORS as error:
            raise RawDataError(
                f"{self.path}: expected a zip file, but: {error}. The download may be incomplete;"
                " download the file again."
            ) from None

    @functools.cached_property
    def _members(self):
        """Maps each recording to its archive member, in any folder of the archive."""
        members = {}
        for member in self._archive.infolist():
            name = pathlib.PurePosixPath(member.filename).name
            recording = read_name(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else None
            if recording:
                members.setdefault(recording, member)
        return members
