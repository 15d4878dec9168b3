"""From 16 joints that a camera sees to the motion of 15 relative to the hip; its statistics."""

import numpy as np


def hip_depth(positions):
    """Returns how far the hip is from the camera, `[L]`, given `[L, 16, 3]` (the hip first)."""
    return positions[:, 0, 2]


def camera_motion(positions):
    """Returns positions relative to the hip, `[L, 15, 3]`, given `[L, 16, 3]` (the hip first)."""
    return positions[:, 1:] - positions[:, :1]


def image_motion(positions, pixels):
    """Pixels relative to the hip's, times the depth of the hip.

    A person half as far away is twice as large in the image. Divided by the mean depth of all
    hips, this is the motion in pixels with that effect taken out.

    Args:
        positions: `[L, 16, 3]`, the hip first, in the camera's axes, millimeters.
        pixels: `[L, 16, 2]`, the same joints in the image.

    Returns:
        `[L, 15, 2]`, pixels times millimeters.
    """
    depth = hip_depth(positions)[:, np.newaxis, np.newaxis]  # [L, 1, 1]
    return (pixels[:, 1:] - pixels[:, :1]) * depth


def mean_and_std(motions):
    """Mean and standard deviation of each coordinate over the frames of all sequences.

    Args:
        motions: sequences `[L, N, D]` of any lengths.

    Returns:
        Two float64 arrays `[N, D]`.
    """
    frames = np.concatenate(list(motions)).astype(np.float64)  # [sum of L, N, D]
    return frames.mean(axis=0), frames.std(axis=0)
