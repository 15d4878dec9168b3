"""Turns motion into the axes of a camera, or into the picture that the camera takes."""

import numpy as np

from datasets.raw_data_error import RawDataError

# (azimuth, elevation) in degrees; at azimuth 0 the person faces the camera in the first frame.
PROJECTIONS = {"front": (0.0, 0.0), "side": (90.0, 0.0)}


def to_camera(motion, up):
    """Rotates `[T, N, D]` so that x is to the right, y down, z away.

    Args:
        motion: motion in the axes of a file.
        up: the axis that points up there, one of `settings.UP`.

    Raises:
        RawDataError: if 2-D motion has `+z` as up.
    """
    dimensions = motion.shape[-1]
    if up == "+z" and dimensions == 2:
        raise RawDataError("expected +y or -y as up in skeleton.json for 2-D motion, got +z")
    if up == "+z":
        return motion[..., [0, 2, 1]] * [1, -1, 1]
    return motion * [1, -1, -1][:dimensions] if up == "+y" else motion


def project(motion, azimuth, elevation, left, right):
    """Projects 3-D motion to the picture plane of a camera far away.

    Args:
        motion: `[T, N, 3]`; x to the right, y down, z away.
        azimuth: degrees by which the person is turned from facing the camera in the first frame.
            At 90 the camera sees one side. Without left and right joints: from the file's axes.
        elevation: degrees by which the camera looks down.
        left: indices of the left joints.
        right: indices of the right joints.

    Returns:
        `[T, N, 2]`; x to the right, y down.
    """
    angle = np.radians(azimuth)
    if left and right:
        # A person who faces the camera has the left joints on the right of the picture.
        across = motion[0, list(left)].mean(axis=0) - motion[0, list(right)].mean(axis=0)
        angle += np.arctan2(across[2], across[0])
    x = motion[..., 0] * np.cos(angle) + motion[..., 2] * np.sin(angle)
    z = motion[..., 2] * np.cos(angle) - motion[..., 0] * np.sin(angle)
    tilt = np.radians(elevation)
    return np.stack([x, motion[..., 1] * np.cos(tilt) - z * np.sin(tilt)], axis=-1)


def mirrored(motion, left, right):
    """Swaps left and right of motion `[T, N, D]`; `left` and `right` are pairs of indices."""
    order = np.arange(motion.shape[1])
    order[[*left, *right]] = [*right, *left]
    return motion[:, order] * [-1, 1, 1][: motion.shape[-1]]
