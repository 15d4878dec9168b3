"""The `h36m` archive of Human3.6M: HDF5 files with world coordinates and cameras."""

import h5py

from datasets.human36m import recordings
from datasets.human36m.camera import Camera
from datasets.human36m.checks import MEND, check_array, check_in_front
from datasets.raw_data_error import RawDataError

_FOLDER = "MyPoses/3D_positions"


class H5Archive:
    """Reads `S*/MyPoses/3D_positions/*.h5` (dataset `3D_positions`, `[96, L]`) and `cameras.h5`.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ... and `cameras.h5`.
    """

    def __init__(self, folder):
        self._folder = folder

    def recordings(self):
        """Returns a sorted list of the recordings in the folder."""
        return recordings.find(self._folder, f"{_FOLDER}/*.h5", ".h5")

    def paths(self, recording):
        """Returns a list with the path of a recording's file, which may not exist."""
        return [self._folder / f"S{recording.subject}" / _FOLDER / f"{recording.name}.h5"]

    def read(self, recording):
        """Reads the hip and the 15 joints of a recording.

        Returns:
            positions: float64 `[L, 16, 3]`, in the camera's axes, in millimeters.
            pixels: float64 `[L, 16, 2]`, in the image.

        Raises:
            RawDataError: if the recording's file or `cameras.h5` is missing or damaged.
        """
        [path] = self.paths(recording)
        with _open(path) as file:
            world = _read(file, path, "3D_positions", (3 * recordings.RECORDED_JOINTS, None))
        world = world.T.reshape(-1, recordings.RECORDED_JOINTS, 3)  # [96, L] -> [L, 32, 3]
        camera = _read_camera(self._folder / "cameras.h5", recording.subject)
        positions = camera.from_world(world[:, recordings.KEPT_JOINTS])
        check_in_front(path, positions)
        return positions, camera.project(positions)


def _read_camera(path, subject):
    with _open(path) as file:
        for group in (f"subject{subject}/camera{number}" for number in range(1, 5)):
            codes = _read(file, path, f"{group}/Name", (None, 1))[:, 0]
            if codes.tolist() == [ord(character) for character in recordings.CAMERA]:
                return Camera(
                    rotation=_read(
                        file, path, f"{group}/R", (3, 3)
                    ).T,  # stored in column-major order
                    position=_read(file, path, f"{group}/T", (3, 1))[:, 0],
                    focal_length=_read(file, path, f"{group}/f", (2, 1))[:, 0],
                    center=_read(file, path, f"{group}/c", (2, 1))[:, 0],
                    radial=_read(file, path, f"{group}/k", (3, 1))[:, 0],
                    tangential=_read(file, path, f"{group}/p", (2, 1))[:, 0],
                )
    raise RawDataError(
        f"{path}: expected camera {recordings.CAMERA} among the four of subject {subject}, but"
        f" none has this name. {MEND}"
    )


def _open(path):
    try:
        return h5py.File(path)
    except FileNotFoundError:
        raise RawDataError(f"{path} is missing. {MEND}") from None
    except OSError as error:
        raise RawDataError(f"{path}: expected an HDF5 file, but: {error}. {MEND}") from error


def _read(file, path, name, shape):
    try:
        values = file[name][()]
    except (KeyError, OSError, TypeError, AttributeError) as error:
        raise RawDataError(
            f"{path}: expected the array {name!r}, but reading it failed: {error}. {MEND}"
        ) from error
    return check_array(path, name, values, shape)
