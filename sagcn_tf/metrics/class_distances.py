"""Distances between the mean clips of classes."""

import numpy as np
from scipy.spatial.distance import pdist, squareform


def class_distances(clips):
    """Computes the distances between the mean clips of classes.

    Args:
        clips: `[C, m, T, N, D]`, standardized.

    Returns:
        float64 `[C, C]`, symmetric with a diagonal of zeros.
    """
    means = np.asarray(clips, np.float64).mean(axis=1)
    return squareform(pdist(means.reshape(len(means), -1)))
