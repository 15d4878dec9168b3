"""Pinhole cameras around the person that look at the hips."""

import dataclasses

import numpy as np

FOCAL_LENGTH = 1100.0  # pixels
LOOK_AT = np.array([0.0, 0.95, 0.0])  # meters; the hips of a standing person


@dataclasses.dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    Attributes:
        name: name of the camera.
        azimuth: degrees around the person; 0 is in front, positive is on the person's left.
        height: meters above the floor.
        distance: horizontal distance from the person, in meters.
    """

    name: str
    azimuth: float
    height: float
    distance: float

    def from_world(self, points):
        """Transforms points from world to camera coordinates.

        Args:
            points: `[..., 3]`, meters, y up.

        Returns:
            `[..., 3]`, meters: x right, y down, z away.
        """
        azimuth = np.radians(self.azimuth)
        position = np.array(
            [self.distance * np.sin(azimuth), self.height, self.distance * np.cos(azimuth)]
        )
        forward = LOOK_AT - position
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        return (points - position) @ np.stack([right, down, forward], axis=-1)


CAMERAS = (
    Camera("left", azimuth=45.0, height=1.7, distance=4.0),
    Camera("front", azimuth=0.0, height=1.3, distance=3.6),
    Camera("right", azimuth=-45.0, height=2.1, distance=4.3),
)


def project(points):
    """Projects camera coordinates `[..., 3]` to pixels `[..., 2]` from the principal point."""
    return FOCAL_LENGTH * points[..., :2] / points[..., 2:]
