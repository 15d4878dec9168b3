"""From the joints of the main actor to motion relative to where the actor starts."""

import math

import numpy as np

from datasets.ntu_rgbd.main_actor import ROOT

# The color camera of the sensor sees 84.1 degrees in a width of 1920 pixels; the height is 1080.
_FOCAL_LENGTH = 960 / math.tan(math.radians(84.1 / 2))
_CENTER = (960, 540)
_SHORTEST_DEPTH = 0.5  # meters; the sensor sees nothing nearer
_OUTSIDE = 1e4  # pixels; a joint this far outside the image was not seen by the camera


def depth(positions):
    """Returns how far the spine base is from the sensor at first, meters."""
    return float(positions[0, ROOT, 2])


def space_motion(positions):
    """Positions relative to the first spine base.

    The sensor's x grows to its own left. Turned round, left limbs are on a person's left side
    in axes that form a right-handed system.

    Args:
        positions: `[L, 25, 3]` as in `Body`.

    Returns:
        `[L, 25, 3]`, meters: x to the sensor's right, y down, z away from it.
    """
    return (positions - positions[0, ROOT]) * [-1, -1, 1]


def image_motion(positions, pixels):
    """Pixels relative to the first spine base's, times its depth.

    A person half as far away is twice as large in the image. Divided by the mean depth of all
    clips, this is the motion in pixels with that effect taken out.

    Args:
        positions: `[L, 25, 3]` as in `Body`.
        pixels: `[L, 25, 2]`, in the color image, y down; NaN, infinite or far outside where the
            camera doesn't see the joint.

    Returns:
        `[L, 25, 2]`, pixels times meters, x to the right of the image, y down.
    """
    known = (np.abs(pixels) < _OUTSIDE).all(axis=-1, keepdims=True)
    pixels = interpolate(np.where(known, pixels, np.nan))
    pixels = np.where(np.isnan(pixels), _by_perspective(positions, pixels), pixels)
    return (pixels - pixels[0, ROOT]) * depth(positions)


def interpolate(values):
    """Fills NaN by linear interpolation in time, and by the nearest value at either end.

    Args:
        values: `[L, ...]`.

    Returns:
        An array of the same shape; a coordinate that is NaN throughout stays so.
    """
    columns = values.reshape(len(values), -1).T.copy()  # [L, ...] -> [coordinates, L]
    frames = np.arange(len(values))
    gaps = np.isnan(columns)
    for column in np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1)):
        known = ~gaps[column]
        columns[column] = np.interp(frames, frames[known], columns[column, known])
    return columns.T.reshape(values.shape)


def _by_perspective(positions, pixels):
    """Where a nominal camera sees the joints, moved so that the spine base is where it was seen."""
    depths = np.maximum(positions[..., 2:], _SHORTEST_DEPTH)
    image = _CENTER + _FOCAL_LENGTH * positions[..., :2] * [1, -1] / depths
    root = np.where(np.isnan(pixels), image, pixels)[:, [ROOT]]  # [L, 1, 2]
    return image + root - image[:, [ROOT]]
