"""From a camera's view of 16 joints to root-relative motion of 15, and its statistics."""

import numpy as np

HIP = 0


def camera_motion(positions):
    """Positions relative to the hip.

    Args:
        positions: `[L, 16, 3]`, the hip first, in the camera's axes.

    Returns:
        `[L, 15, 3]`, in the same unit.
    """
    return positions[:, 1:] - positions[:, :1]


def image_motion(positions, pixels):
    """Pixels relative to the hip's, times the hip's depth.

    Divided by the mean depth of all hips this gives pixels that do not depend on how far from the
    camera a person stands.

    Args:
        positions: `[L, 16, 3]`, the hip first, in the camera's axes, millimetres.
        pixels: `[L, 16, 2]`, the same joints in the image.

    Returns:
        `[L, 15, 2]`, pixel times millimetre.
    """
    depth = positions[:, :1, 2:]  # [L, 1, 1]
    return (pixels[:, 1:] - pixels[:, :1]) * depth


def mean_and_std(motions):
    """Mean and standard deviation of each coordinate over the frames of all sequences.

    Args:
        motions: list of `[L, N, D]`.

    Returns:
        Two float64 arrays `[N, D]`.
    """
    frames = np.concatenate(motions).astype(np.float64)  # [sum of L, N, D]
    return frames.mean(axis=0), frames.std(axis=0)
