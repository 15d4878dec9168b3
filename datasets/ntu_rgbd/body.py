"""What the sensor saw of one body."""

import dataclasses

import numpy as np

JOINTS, VALUES = 25, 12


@dataclasses.dataclass(frozen=True)
class Body:
    """The frames of one body: a person, or furniture that the sensor took for one.

    Attributes:
        frames: int64 `[F]`, the numbers of the frames that hold it, rising.
        joints: float64 `[F, 25, 12]`, the numbers of each joint in the order of the file.
    """

    frames: np.ndarray
    joints: np.ndarray

    @property
    def positions(self):
        """`[F, 25, 3]`, meters: x to the sensor's left, y up, z away from the sensor."""
        return self.joints[..., :3]

    @property
    def pixels(self):
        """`[F, 25, 2]`, joints in the color image, a mirror image: x to the sensor's left, y down.

        Where the camera doesn't see a joint it may be NaN or infinite.
        """
        return self.joints[..., 5:7]

    @property
    def tracked(self):
        """Bool `[F]`: whether the sensor saw any joint of it, rather than guessed all."""
        return (self.joints[..., 11] == 2).any(axis=1)
