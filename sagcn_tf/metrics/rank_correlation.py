"""Rank correlation of two lists of numbers."""

import warnings

from scipy.stats import ConstantInputWarning, spearmanr


def rank_correlation(first, second) -> float:
    """Returns Spearman's rank correlation; NaN if one of the lists has only equal numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        return float(spearmanr(first, second).statistic)
