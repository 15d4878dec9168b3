"""The owners' archive of Human3.6M: CDF files with the poses seen by each camera."""

import cdflib

from datasets.human36m import recordings
from datasets.human36m.bounded_work import bounded_work
from datasets.human36m.checks import MEND, check_array, check_in_front
from datasets.raw_data_error import RawDataError

_IMAGE_FOLDER = "MyPoseFeatures/D2_Positions"
_CAMERA_FOLDER = "MyPoseFeatures/D3_Positions_mono"
_SUFFIX = f".{recordings.CAMERA}.cdf"
_MOST_CALLS = 200_000  # of functions, to read a file; recordings need some hundred


class CdfArchive:
    """Reads `S*/MyPoseFeatures/{D2_Positions,D3_Positions_mono}/*.55011271.cdf`.

    Each file has one variable `Pose`: `[1, L, 64]`, pixels, or `[1, L, 96]`, millimeters in the
    camera's axes. A recording needs both files, in 3-D only the second.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ...
        dimensions: of the motion to prepare. Default: 2.
    """

    has_camera = True

    def __init__(self, folder, dimensions=2):
        self.folder = folder
        self._folders = [_IMAGE_FOLDER, _CAMERA_FOLDER] if dimensions == 2 else [_CAMERA_FOLDER]

    def recordings(self):
        """Returns a sorted list of the recordings in the folder."""
        found = [
            set(recordings.find(self.folder, f"{folder}/*{_SUFFIX}", _SUFFIX))
            for folder in self._folders
        ]
        return sorted(set.intersection(*found))

    def paths(self, recording):
        """Returns the paths of a recording's files, which may not exist."""
        subject, file = self.folder / f"S{recording.subject}", recording.name + _SUFFIX
        return [subject / folder / file for folder in self._folders]

    def read(self, recording):
        """Reads the hip and the 15 joints of a recording.

        Returns:
            positions: float64 `[L, 16, 3]`, in the camera's axes, in millimeters.
            pixels: float64 `[L, 16, 2]`, in the image.

        Raises:
            RawDataError: if a file is missing or damaged.
        """
        image_path, space_path = self.paths(recording)
        pixels, positions = read_poses(image_path, 2), self.read_positions(recording)
        if len(pixels) != len(positions):
            raise RawDataError(
                f"{image_path} has {len(pixels)} frames, but {space_path} has {len(positions)};"
                f" expected the same number in both. {MEND}"
            )
        return positions, pixels

    def read_positions(self, recording):
        """Reads the positions of a recording as `read` returns them."""
        path = self.paths(recording)[-1]
        positions = read_poses(path, 3)
        check_in_front(path, positions)
        return positions


def read_poses(path, dimensions):
    """Reads the hip and the 15 joints of a CDF file, float64 `[L, 16, dimensions]`.

    Raises:
        RawDataError: if the file is missing or damaged.
    """
    try:
        with bounded_work(_MOST_CALLS):
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
