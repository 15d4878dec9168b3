"""Base of the archives that hold world coordinates."""

import functools

import numpy as np

from datasets.human36m.camera import read_camera
from datasets.human36m.checks import MEND, check_in_front
from datasets.raw_data_error import RawDataError


class WorldArchive:
    """Recordings in world coordinates, and the cameras of `cameras.h5` if it lies beside them.

    A subclass gives `recordings()`, `paths(recording)` and `world(recording)`: the hip and the 15
    joints, `[L, 16, 3]`, in millimeters, z up.

    Args:
        folder: `pathlib` or `epath` path of the folder of the archive.
    """

    def __init__(self, folder):
        self.folder = folder

    @functools.cached_property
    def has_camera(self):
        """Whether the recordings can be seen by a camera."""
        return (self.folder / "cameras.h5").exists()

    def read(self, recording):
        """Reads the hip and the 15 joints of a recording as the camera sees them.

        Returns:
            positions: float64 `[L, 16, 3]`, in the camera's axes, in millimeters.
            pixels: float64 `[L, 16, 2]`, in the image.

        Raises:
            RawDataError: if the recording's file or `cameras.h5` is missing or damaged.
        """
        world, path = self.world(recording), self.folder / "cameras.h5"
        camera = read_camera(path, recording.subject)
        with np.errstate(over="ignore", invalid="ignore"):
            positions = camera.from_world(world)
            check_in_front(self.paths(recording)[0], positions)
            pixels = camera.project(positions)
        if not np.isfinite(pixels).all():
            raise RawDataError(
                f"{path}: expected a camera that sees subject {recording.subject}, got one that "
                f"sees coordinates that are not finite. {MEND}"
            )
        return positions, pixels

    def read_positions(self, recording):
        """Reads positions like `read`. Without a camera, its axes are those of the world.

        Returns:
            float64 `[L, 16, 3]`, in millimeters: x to the right, y down, z away.
        """
        if self.has_camera:
            return self.read(recording)[0]
        return self.world(recording)[..., [0, 2, 1]] * [1, -1, 1]
