"""Measures whether mixtures of two classes move gradually from one class to the other."""

import typing

import numpy as np
from scipy.ndimage import gaussian_filter1d

from sagcn_tf.metrics.rank_correlation import rank_correlation

BINS = 40
_SMOOTHING = 1.5  # standard deviation of the filter that finds the mode, in bins


class MixtureOrder(typing.NamedTuple):
    """Distribution of mixtures in one dimension.

    Attributes:
        correlation: rank correlation between lambda and the place of the mode: 1 if no step moves
            the mode back, about 0 if it jumps back and forth; NaN if it never moves.
        modes: `[L]`, the middle of the fullest bin of each lambda, after smoothing.
        counts: `[L, BINS]`, clips per bin; all lambdas share the bins.
        edges: `[BINS + 1]`, edges of the bins.
        places: `[L, m]`, the clips, mirrored if the mean of the last lambda was less than that of
            the first, because the sign of an embedding means nothing.
    """

    correlation: float
    modes: np.ndarray
    counts: np.ndarray
    edges: np.ndarray
    places: np.ndarray


def mixture_order(places) -> MixtureOrder:
    """Measures the order of mixtures.

    Args:
        places: `[L, m]`, m clips for each of L ascending lambdas, embedded in one dimension.
    """
    places = np.asarray(places, np.float64)
    if places[-1].mean() < places[0].mean():
        places = -places
    edges = np.histogram_bin_edges(places, BINS)
    counts = np.stack([np.histogram(row, edges)[0] for row in places])
    smooth = gaussian_filter1d(counts.astype(float), _SMOOTHING, axis=1, mode="constant")
    modes = ((edges[1:] + edges[:-1]) / 2)[smooth.argmax(axis=1)]
    correlation = rank_correlation(np.arange(len(modes)), modes)
    return MixtureOrder(correlation, modes, counts, edges, places)
