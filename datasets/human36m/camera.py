"""The camera model of Human3.6M: a pinhole camera with lens distortion."""

import dataclasses

import numpy as np

from datasets.human36m import recordings
from datasets.human36m.checks import MEND
from datasets.human36m.h5_file import open_h5, read_array
from datasets.raw_data_error import RawDataError


@dataclasses.dataclass(frozen=True)
class Camera:
    """A calibrated camera; its axes are x right, y down, z away.

    Attributes:
        rotation: `[3, 3]`, rotation from world axes to camera axes.
        position: `[3]`, position of the camera in the world, in millimeters.
        focal_length: `[2]`, in pixels, for x and y.
        center: `[2]`, the principal point, in pixels.
        radial: `[3]`, the coefficients of r^2, r^4 and r^6.
        tangential: `[2]`, the coefficients p1 and p2.
    """

    rotation: np.ndarray
    position: np.ndarray
    focal_length: np.ndarray
    center: np.ndarray
    radial: np.ndarray
    tangential: np.ndarray

    def from_world(self, points):
        """Transforms points from world to camera coordinates: R (P - T).

        Args:
            points: `[..., 3]`, world coordinates in millimeters.

        Returns:
            `[..., 3]`, camera coordinates in millimeters.
        """
        return (points - self.position) @ self.rotation.T

    def project(self, points):
        """Projects points to the image, including lens distortion.

        With (x, y) = (X / Z, Y / Z) and r^2 = x^2 + y^2, a pixel is
        f * ((x, y) * (1 + k1 r^2 + k2 r^4 + k3 r^6 + p1 y + p2 x) + (p2, p1) r^2) + c.

        Args:
            points: `[..., 3]`, camera coordinates with z > 0.

        Returns:
            `[..., 2]`, pixels.
        """
        image = points[..., :2] / points[..., 2:]
        squared = np.sum(image**2, axis=-1, keepdims=True)  # [..., 1]
        radial = squared ** np.arange(1, 4) @ self.radial  # [...]
        tangential = image @ self.tangential[::-1]  # [...], p1 belongs to y
        factor = (1 + radial + tangential)[..., np.newaxis]
        distorted = image * factor + self.tangential[::-1] * squared
        return self.focal_length * distorted + self.center


def read_camera(path, subject):
    """Reads the camera `recordings.CAMERA` of a subject from `cameras.h5`.

    Args:
        path: path of the file.
        subject: number of the subject.

    Raises:
        RawDataError: if the file is missing or damaged, or has no such camera.
    """
    with open_h5(path) as file:
        for group in (f"subject{subject}/camera{number}" for number in range(1, 5)):
            codes = read_array(file, path, f"{group}/Name", (None, 1))[:, 0]
            if codes.tolist() == [ord(character) for character in recordings.CAMERA]:
                return Camera(
                    # Stored in column-major order.
                    rotation=read_array(file, path, f"{group}/R", (3, 3)).T,
                    position=read_array(file, path, f"{group}/T", (3, 1))[:, 0],
                    focal_length=read_array(file, path, f"{group}/f", (2, 1))[:, 0],
                    center=read_array(file, path, f"{group}/c", (2, 1))[:, 0],
                    radial=read_array(file, path, f"{group}/k", (3, 1))[:, 0],
                    tangential=read_array(file, path, f"{group}/p", (2, 1))[:, 0],
                )
    raise RawDataError(
        f"{path}: expected camera {recordings.CAMERA} among the four of subject {subject}, but"
        f" none has this name. {MEND}"
    )
