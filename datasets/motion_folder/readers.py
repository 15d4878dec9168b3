"""Which reader reads which file."""

from datasets.motion_folder.arrays import read_array
from datasets.motion_folder.bvh import read_bvh
from datasets.motion_folder.c3d_files import read_c3d
from datasets.motion_folder.keypoints import read_keypoints
from datasets.motion_folder.tables import read_table

_READERS = {
    ".bvh": read_bvh,
    ".csv": read_table,
    ".tsv": read_table,
    ".npy": read_array,
    ".npz": read_array,
    ".c3d": read_c3d,
}
SUFFIXES = (*_READERS, ".json")


def read_recording(paths):
    """Reads a recording.

    Args:
        paths: list of `pathlib.Path`: one, or several JSON files with a frame each.

    Returns:
        A `Recording`.

    Raises:
        RawDataError: if the file is damaged or has the wrong format. The message does not name
            the file.
        OSError: if it cannot be read.
    """
    suffix = paths[0].suffix.lower()
    return read_keypoints(paths) if suffix == ".json" else _READERS[suffix](paths[0])
