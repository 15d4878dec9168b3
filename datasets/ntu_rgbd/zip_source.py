"""The files of NTU RGB+D in the archive that the owners hand out, read in place."""

import functools
import pathlib
import weakref
import zipfile
import zlib

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.folder_source import read_limited
from datasets.ntu_rgbd.recording_names import SUFFIX, read_name
from datasets.raw_data_error import RawDataError

# What the standard library raises for a damaged, an encrypted, or an unknown kind of member.
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


class ZipSource:
    """`nturgb+d_skeletons/S001C001P001R001A001.skeleton`, ... in a zip file.

    Nothing is unpacked on disk, and of the archive no more than one file is in memory. It can be
    pickled, and opens the archive again where it is used.

    Args:
        path: the zip file, `pathlib` or `epath`; one that doesn't exist holds nothing.
    """

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return ZipSource, (self.path,)

    def recordings(self):
        """Returns the `Recording`s of the ten actions that lie there, a sorted list.

        Raises:
            RawDataError: if it is not a whole zip file.
        """
        return sorted(self._members) if self.path.exists() else []

    def read(self, recording):
        """Returns the content of a recording's file, bytes.

        Raises:
            DamagedFileError: if it can't be read, or is larger than any recording.
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
                f"{self.path}: expected a zip file, but {error}. If its download was cut short,"
                " repeat it."
            ) from None

    @functools.cached_property
    def _members(self):
        """{recording: member of the archive}, in whichever folder of the archive it lies."""
        members = {}
        for member in self._archive.infolist():
            name = pathlib.PurePosixPath(member.filename).name
            recording = read_name(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else None
            if recording:
                members.setdefault(recording, member)
        return members
