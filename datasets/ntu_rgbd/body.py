"""A body tracked by the sensor."""

import dataclasses

import numpy as np

JOINTS, VALUES = 25, 12


@dataclasses.dataclass(frozen=True)
class Body:
    """One tracked body: a person, or furniture mistaken for one.

    Attributes:
        frames: int64 `[F]`, indices of the frames with this body, ascending.
        joints: float64 `[F, 25, 12]`, the 12 values of each joint, in the order of the file.
    """

    frames: np.ndarray
    joints: np.ndarray

    @property
    def positions(self):
        """`[F, 25, 3]`, meters: x to the sensor's left, y up, z away from the sensor."""
        return self.joints[..., :3]

    @property
    def pixels(self):
        """`[F, 25, 2]`, pixels in the mirrored color image: x to the sensor's left, y down.

        May be NaN or infinite for joints that the camera does not see.
        """
        return self.joints[..., 5:7]

    @property
    def tracked(self):
        """Bool `[F]`: whether at least one joint is tracked, not inferred."""
        return (self.joints[..., 11] == 2).any(axis=1)
