"""Converts joints of the main actor to motion relative to the first frame."""

import math

import numpy as np

from datasets.interpolation import interpolate
from datasets.ntu_rgbd.main_actor import ROOT

# The color camera has 1920 x 1080 pixels and a horizontal field of view of 84.1 degrees.
_FOCAL_LENGTH = 960 / math.tan(math.radians(84.1 / 2))
_CENTER = (960, 540)
_SHORTEST_DEPTH = 0.5  # meters; the sensor sees nothing closer
_OUTSIDE = 1e4  # pixels; the camera did not see a joint this far outside the image


def depth(positions):
    """Returns the depth of the spine base in the first frame, in meters."""
    return float(positions[0, ROOT, 2])


def space_motion(positions):
    """Returns positions relative to the spine base of the first frame.

    The sensor's x axis points to its own left. Flipping x and y gives right-handed axes in which
    left limbs are on a person's left.

    Args:
        positions: `[L, 25, 3]` as in `Body`.

    Returns:
        `[L, 25, 3]`, meters: x to the sensor's right, y down, z away from it.
    """
    return (positions - positions[0, ROOT]) * [-1, -1, 1]


def image_motion(positions, pixels):
    """Returns pixels relative to the spine base of the first frame, times its depth.

    A person at half the distance is twice as large in the image. Multiplying by the depth removes
    this effect; dividing by the mean depth of all clips gives pixels again.

    Args:
        positions: `[L, 25, 3]` as in `Body`.
        pixels: `[L, 25, 2]`, in the color image, y down; NaN, infinite or far outside the image
            for joints that the camera does not see.

    Returns:
        `[L, 25, 2]`, pixels times meters, x to the right of the image, y down.
    """
    known = (np.abs(pixels) < _OUTSIDE).all(axis=-1, keepdims=True)
    pixels = interpolate(np.where(known, pixels, np.nan))
    pixels = np.where(np.isnan(pixels), _by_perspective(positions, pixels), pixels)
    return (pixels - pixels[0, ROOT]) * depth(positions)


def _by_perspective(positions, pixels):
    """Projects joints with a nominal camera, shifted so that the spine bases coincide."""
    depths = np.maximum(positions[..., 2:], _SHORTEST_DEPTH)
    image = _CENTER + _FOCAL_LENGTH * positions[..., :2] * [1, -1] / depths
    root = np.where(np.isnan(pixels), image, pixels)[:, [ROOT]]  # [L, 1, 2]
    return image + root - image[:, [ROOT]]
