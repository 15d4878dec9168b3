"""Turns motion that moves over the ground so that a picture shows it."""

import numpy as np

_FAR = 0.5  # of the height of the body


def seen_from_the_side(motion, data):
    """Turns each 3-D clip whose body moves over the ground so that it moves to the right.

    Args:
        motion: `[..., T, N, D]` in the unit of the data; x to the right, y down, z away.
        data: its `MotionData`.

    Returns:
        Motion of this shape. Nothing is turned without `root_motion`, in 2-D, or where the body
        moves less than half its height.
    """
    if not data.root_motion or motion.shape[-1] != 3:
        return motion
    root = motion[..., list(data.root_motion), :].mean(axis=-2)  # [..., T, 3]
    way = (root[..., -1, :] - root[..., 0, :])[..., [0, 2]]  # [..., 2]
    height = np.median(np.ptp(motion[..., 1], axis=-1), axis=-1)  # [...]
    far = np.linalg.norm(way, axis=-1) > _FAR * height
    angle = np.where(far, np.arctan2(way[..., 1], way[..., 0]), 0.0)[..., None, None]
    x, y, z = np.moveaxis(motion, -1, 0)
    turned = x * np.cos(angle) + z * np.sin(angle), y, z * np.cos(angle) - x * np.sin(angle)
    return np.stack(turned, axis=-1).astype(motion.dtype)
