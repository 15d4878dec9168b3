"""World coordinates of Human3.6M in one file, `data_3d_h36m.npz`, as VideoPose3D writes it."""

import functools
import tokenize
import zipfile
import zlib

import numpy as np

from datasets.human36m import recordings
from datasets.human36m.checks import MEND, check_array
from datasets.human36m.pickled_arrays import read_pickled_arrays
from datasets.human36m.world_archive import WorldArchive
from datasets.raw_data_error import RawDataError

NAME = "data_3d_h36m.npz"
_MEMBER = "positions_3d.npy"
_LARGEST = 2**30  # bytes; the file of all subjects and actions holds 206 million
_MILLIMETERS = 1000
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError),
    *(tokenize.TokenError, SyntaxError),  # of the header of the array
)


class NpzArchive(WorldArchive):
    """Reads `data_3d_h36m.npz`: a dictionary {subject: {recording: `[L, 32, 3]`}}, in meters.

    Args:
        folder: `pathlib` or `epath` path of the folder with the file, and perhaps `cameras.h5`.
    """

    def recordings(self):
        """Returns a sorted list of the recordings in the file.

        Raises:
            RawDataError: if the file is damaged.
        """
        return sorted(self._poses)

    def paths(self, recording):
        """Returns a list with the path of the file."""
        return [self.folder / NAME]

    def world(self, recording):
        """Reads the hip and the 15 joints of a recording, float64 `[L, 16, 3]`.

        Raises:
            RawDataError: if its array is damaged.
        """
        name = f"S{recording.subject}, {recording.name}"
        shape = (None, recordings.RECORDED_JOINTS, 3)
        poses = check_array(self.folder / NAME, name, self._poses[recording], shape)
        return poses[:, recordings.KEPT_JOINTS] * _MILLIMETERS

    @functools.cached_property
    def _poses(self):
        """Maps each recording of the ten actions and six subjects to its array."""
        path = self.folder / NAME
        if not path.exists():
            return {}
        try:
            subjects = read_pickled_arrays(_pickle(path))
            found = {
                recordings.Recording(int(subject.removeprefix("S")), name): poses
                for subject, of_subject in subjects.items()
                for name, poses in of_subject.items()
            }
        except (*_DAMAGE, AttributeError, LookupError, TypeError) as error:
            raise RawDataError(
                f"{path}: expected the world coordinates that VideoPose3D writes, but: {error}. "
                f"{MEND}"
            ) from error
        return {one: poses for one, poses in found.items() if one.action and one.split}


def _pickle(path):
    """Returns the pickle in the file, without its NPY header."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        if archive.getinfo(_MEMBER).file_size > _LARGEST:
            raise ValueError(f"{_MEMBER} states more than {_LARGEST} bytes")
        with archive.open(_MEMBER) as member:
            version = np.lib.format.read_magic(member)
            if version != (1, 0):
                raise ValueError(f"version {version} of the NPY format")
            np.lib.format.read_array_header_1_0(member)
            return member.read(_LARGEST)
