"""Human3.6M as the h36m archive holds it: world coordinates and cameras in HDF5 files."""

import h5py
import numpy as np

from datasets.human36m import recordings
from datasets.human36m.camera import Camera
from datasets.human36m.raw_data_error import RawDataError

_PATTERN = "MyPoses/3D_positions/*.h5"


class H5Archive:
    """`S*/MyPoses/3D_positions/*.h5` (dataset `3D_positions` [96, L]) with `cameras.h5`.

    Args:
        folder: path (`pathlib` or `epath`), the folder that holds S1, S5, ... and `cameras.h5`.
    """

    def __init__(self, folder):
        self._folder = folder

    def recordings(self):
        """Returns the recordings that lie there, a sorted list."""
        return recordings.find(self._folder, _PATTERN, ".h5")

    def paths(self, recording):
        """Returns the files of a recording, whether they exist or not."""
        subject = self._folder / f"S{recording.subject}"
        return [subject / "MyPoses" / "3D_positions" / f"{recording.name}.h5"]

    def read(self, recording):
        """Reads the hip and the 15 joints of a recording.

        Returns:
            positions: float64 `[L, 16, 3]`, in the camera's axes, millimetres.
            pixels: float64 `[L, 16, 2]`, in the image.

        Raises:
            RawDataError: where the recording's or the cameras' file is not what it should be.
        """
        [path] = self.paths(recording)
        world = _read(path, "3D_positions", (3 * recordings.RECORDED_JOINTS, None))  # [96, L]
        world = world.T.reshape(-1, recordings.RECORDED_JOINTS, 3)  # [L, 32, 3]
        camera = self._camera(recording.subject)
        positions = camera.from_world(world[:, recordings.KEPT_JOINTS])
        return positions, camera.project(positions)

    def _camera(self, subject):
        path = self._folder / "cameras.h5"
        for number in range(1, 5):
            group = f"subject{subject}/camera{number}"
            name = _read(path, f"{group}/Name", (None, 1))
            if "".join(chr(int(code)) for code in name[:, 0]) == recordings.CAMERA:
                return Camera(
                    rotation=_read(path, f"{group}/R", (3, 3)).T,  # stored column by column
                    position=_read(path, f"{group}/T", (3, 1))[:, 0],
                    focal_length=_read(path, f"{group}/f", (2, 1))[:, 0],
                    centre=_read(path, f"{group}/c", (2, 1))[:, 0],
                    radial=_read(path, f"{group}/k", (3, 1))[:, 0],
                    tangential=_read(path, f"{group}/p", (2, 1))[:, 0],
                )
        raise RawDataError(
            f"{path}: expected a camera named {recordings.CAMERA} for subject {subject}, found none"
            " among its four cameras. Copy the file from the h36m archive again."
        )


def _read(path, key, shape):
    """Reads one array as float64; None in `shape` stands for any length above 0."""
    mend = "Copy the file from the h36m archive again."
    try:
        with h5py.File(path) as file:
            values = file[key][()]
    except FileNotFoundError:
        raise RawDataError(f"{path} is missing. {mend}") from None
    except (OSError, KeyError) as error:
        raise RawDataError(
            f"{path}: expected an HDF5 file with the array {key!r}; reading it gave {error}. {mend}"
        ) from error
    expected = ["any" if length is None else length for length in shape]
    values = np.asarray(values, np.float64)
    fits = values.ndim == len(shape) and all(
        length > 0 and wanted in (None, length)
        for length, wanted in zip(values.shape, shape, strict=True)
    )
    if not fits:
        raise RawDataError(
            f"{path}: expected {key!r} of shape {expected}, got {list(values.shape)}. {mend}"
        )
    if not np.isfinite(values).all():
        raise RawDataError(
            f"{path}: expected finite numbers in {key!r}, got NaN or infinity. {mend}"
        )
    return values
