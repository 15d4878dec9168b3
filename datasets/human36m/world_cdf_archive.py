"""The owners' world coordinates of Human3.6M, `D3 Positions`."""

from datasets.human36m import recordings
from datasets.human36m.cdf_archive import read_poses
from datasets.human36m.world_archive import WorldArchive

_FOLDER, _SUFFIX = "MyPoseFeatures/D3_Positions", ".cdf"


class WorldCdfArchive(WorldArchive):
    """Reads `S*/MyPoseFeatures/D3_Positions/*.cdf`, each with a variable `Pose`, `[1, L, 96]`.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ...
    """

    def recordings(self):
        """Returns a sorted list of the recordings in the folder."""
        return recordings.find(self.folder, f"{_FOLDER}/*{_SUFFIX}", _SUFFIX)

    def paths(self, recording):
        """Returns a list with the path of a recording's file, which may not exist."""
        return [self.folder / f"S{recording.subject}" / _FOLDER / f"{recording.name}{_SUFFIX}"]

    def world(self, recording):
        """Reads the hip and the 15 joints of a recording, float64 `[L, 16, 3]`.

        Raises:
            RawDataError: if the file is missing or damaged.
        """
        return read_poses(self.paths(recording)[0], 3)
