"""Fills gaps in sequences of numbers."""

import numpy as np


def interpolate(values):
    """Replaces NaN by linear interpolation over time, and at the ends by the nearest value.

    Args:
        values: `[L, ...]`.

    Returns:
        An array of the same shape. A coordinate that is NaN in all frames stays NaN.
    """
    columns = values.reshape(len(values), -1).T.copy()  # [L, ...] -> [coordinates, L]
    frames = np.arange(len(values))
    gaps = np.isnan(columns)
    for column in np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1)):
        known = ~gaps[column]
        columns[column] = np.interp(frames, frames[known], columns[column, known])
    return columns.T.reshape(values.shape)
