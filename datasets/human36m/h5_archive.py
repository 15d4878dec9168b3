"""The `h36m` archive of Human3.6M: HDF5 files with world coordinates and cameras."""

from datasets.human36m import recordings
from datasets.human36m.h5_file import open_h5, read_array
from datasets.human36m.world_archive import WorldArchive

_FOLDER = "MyPoses/3D_positions"


class H5Archive(WorldArchive):
    """Reads `S*/MyPoses/3D_positions/*.h5` (dataset `3D_positions`, `[96, L]`) and `cameras.h5`.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ... and `cameras.h5`.
    """

    def recordings(self):
        """Returns a sorted list of the recordings in the folder."""
        return recordings.find(self.folder, f"{_FOLDER}/*.h5", ".h5")

    def paths(self, recording):
        """Returns a list with the path of a recording's file, which may not exist."""
        return [self.folder / f"S{recording.subject}" / _FOLDER / f"{recording.name}.h5"]

    def world(self, recording):
        """Reads the hip and the 15 joints of a recording, float64 `[L, 16, 3]`.

        Raises:
            RawDataError: if the file is missing or damaged.
        """
        [path] = self.paths(recording)
        with open_h5(path) as file:
            world = read_array(file, path, "3D_positions", (3 * recordings.RECORDED_JOINTS, None))
        world = world.T.reshape(-1, recordings.RECORDED_JOINTS, 3)  # [96, L] -> [L, 32, 3]
        return world[:, recordings.KEPT_JOINTS]
