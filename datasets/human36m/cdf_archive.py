"""The owners' archive of Human3.6M: CDF files with the poses seen by each camera."""

import cdflib

from datasets.human36m import recordings
from datasets.human36m.checks import MEND, check_array, check_in_front
from datasets.raw_data_error import RawDataError

_IMAGE_FOLDER = "MyPoseFeatures/D2_Positions"
_CAMERA_FOLDER = "MyPoseFeatures/D3_Positions_mono"
_SUFFIX = f".{recordings.CAMERA}.cdf"


class CdfArchive:
    """Reads `S*/MyPoseFeatures/{D2_Positions,D3_Positions_mono}/*.55011271.cdf`.

    Each file has one variable `Pose`: `[1, L, 64]`, pixels, or `[1, L, 96]`, millimeters in the
    camera's axes. A recording needs both files.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ...
    """

    def __init__(self, folder):
        self._folder = folder

    def recordings(self):
        """Returns a sorted list of the recordings in the folder."""
        in_image = recordings.find(self._folder, f"{_IMAGE_FOLDER}/*{_SUFFIX}", _SUFFIX)
        in_space = recordings.find(self._folder, f"{_CAMERA_FOLDER}/*{_SUFFIX}", _SUFFIX)
        return sorted(set(in_image) & set(in_space))

    def paths(self, recording):
        """Returns the paths of a recording's 2-D and 3-D file, which may not exist."""
        subject = self._folder / f"S{recording.subject}"
        file = recording.name + _SUFFIX
        return [subject / _IMAGE_FOLDER / file, subject / _CAMERA_FOLDER / file]

    def read(self, recording):
        """Reads the hip and the 15 joints of a recording.

        Returns:
            positions: float64 `[L, 16, 3]`, in the camera's axes, in millimeters.
            pixels: float64 `[L, 16, 2]`, in the image.

        Raises:
            RawDataError: if a file is missing or damaged.
        """
        image_path, space_path = self.paths(recording)
        pixels = _read_poses(image_path, 2)
        positions = _read_poses(space_path, 3)
        if len(pixels) != len(positions):
            raise RawDataError(
                f"{image_path} has {len(pixels)} frames, but {space_path} has {len(positions)};"
                f" expected the same number in both. {MEND}"
            )
        check_in_front(space_path, positions)
        return positions, pixels


def _read_poses(path, dimensions):
    """Reads `[L, 16, dimensions]`."""
    try:
        poses = cdflib.CDF(str(path)).varget("Pose")
    except Exception as error:  # on damaged files the parser can raise anything
        raise RawDataError(
            f"{path}: expected a CDF file with the variable 'Pose', but reading it failed: {error}."
            f" {MEND}"
        ) from error
    joints = recordings.RECORDED_JOINTS
    poses = check_array(path, "Pose", poses, (1, None, joints * dimensions))
    poses = poses.reshape(-1, joints, dimensions)  # [1, L, 32 * D] -> [L, 32, D]
    return poses[:, recordings.KEPT_JOINTS]
