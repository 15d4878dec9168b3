"""Checks of the arguments and inputs of layers."""

import numpy as np


def checked_adjacency(adjacency):
    """Checks the adjacency of a skeleton, `A + I`, and returns it as float64 `[N, N]`.

    Args:
        adjacency: Array-like `[N, N]`; `Skeleton.adjacency` returns one.

    Raises:
        ValueError: If `adjacency` is not square, finite, nonnegative and symmetric with ones on its
            diagonal.
    """
    matrix = np.asarray(adjacency, np.float64)
    if matrix.ndim != 2 or not matrix.size or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"adjacency must be a square matrix [N, N], received {matrix.shape}")
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise ValueError("adjacency must hold finite numbers, 0 or more, received others")
    if (matrix != matrix.T).any():
        first, second = np.argwhere(matrix != matrix.T)[0]
        raise ValueError(
            f"adjacency must be symmetric, received {matrix[first, second]} for joints "
            f"{first}, {second} and {matrix[second, first]} for {second}, {first}. Give both "
            "directions of an edge the same weight"
        )
    if (np.diag(matrix) != 1).any():
        joint = int(np.argmax(np.diag(matrix) != 1))
        raise ValueError(
            "adjacency must connect each joint with itself: ones on the diagonal (A + I), received "
            f"{matrix[joint, joint]} for joint {joint}. Add np.eye({len(matrix)}) to A"
        )
    return matrix


def known_frames(layer, frames):
    """Checks that the number of frames of an input is known, and returns it.

    Args:
        layer: The layer.
        frames: Number of frames T in the shape of its input.

    Raises:
        ValueError: If `frames` is None. The layer needs it to reshape its inputs.
    """
    if frames is None:
        raise ValueError(
            f"{type(layer).__name__} needs to know the number of frames T, received None. Give it "
            "in the shape of the input, such as keras.Input((50, 30)) for 50 frames"
        )
    return frames
