"""Converts camera poses of 16 joints to motion of 15 joints relative to the hip."""

import numpy as np


def hip_depth(positions):
    """Returns the depth of the hip, `[L]`, given positions `[L, 16, 3]` (hip first)."""
    return positions[:, 0, 2]


def camera_motion(positions):
    """Returns positions relative to the hip, `[L, 15, 3]`, given `[L, 16, 3]` (hip first)."""
    return positions[:, 1:] - positions[:, :1]


def image_motion(positions, pixels):
    """Returns pixels relative to the hip, times the depth of the hip.

    A person at half the distance is twice as large in the image. Multiplying by the depth removes
    this effect; dividing by the mean depth of the hip gives pixels again.

    Args:
        positions: `[L, 16, 3]`, hip first, in the camera's axes, in millimeters.
        pixels: `[L, 16, 2]`, the same joints in the image.

    Returns:
        `[L, 15, 2]`, pixels times millimeters.
    """
    depth = hip_depth(positions)[:, np.newaxis, np.newaxis]  # [L, 1, 1]
    return (pixels[:, 1:] - pixels[:, :1]) * depth


def mean_and_std(motions):
    """Returns mean and standard deviation of each coordinate over the frames of all sequences.

    Args:
        motions: sequences `[L, N, D]` of any lengths.

    Returns:
        Two float64 arrays `[N, D]`.
    """
    frames = np.concatenate(list(motions)).astype(np.float64)  # [sum of L, N, D]
    return frames.mean(axis=0), frames.std(axis=0)
