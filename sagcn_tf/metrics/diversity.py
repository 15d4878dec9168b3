"""Diversity and multimodality: mean distances between the features of generated clips.

Defined as in Action2Motion and ACTOR: the mean Euclidean distance over random pairs of clips, of
any classes (diversity) or of one class (multimodality). Generated clips should score close to real
clips; higher is not better.
"""

import numpy as np

PAIRS = 200
PAIRS_PER_CLASS = 20


def diversity(features, generator):
    """Computes the mean distance over 200 random pairs of clips of any classes.

    Args:
        features: `[C, m, F]`, features of m clips for each of C classes, C m > 1.
        generator: a `numpy.random.Generator`.

    Returns:
        float.

    Raises:
        ValueError: if there are fewer than 2 clips.
    """
    features = np.asarray(features, np.float64)
    return _mean_distance(features.reshape(-1, features.shape[-1]), PAIRS, generator)


def multimodality(features, generator):
    """Computes the mean distance over 20 random pairs of clips per class, averaged over classes.

    Args:
        features: `[C, m, F]`, m > 1.
        generator: a `numpy.random.Generator`.

    Returns:
        float.

    Raises:
        ValueError: if there are fewer than 2 clips per class.
    """
    features = np.asarray(features, np.float64)
    return float(np.mean([_mean_distance(one, PAIRS_PER_CLASS, generator) for one in features]))


def _mean_distance(features, pairs, generator):
    """Returns the mean distance over random pairs of two different rows."""
    count = len(features)
    if count < 2:
        raise ValueError(f"features: expected 2 or more clips to form pairs, got {count}")
    first = generator.integers(count, size=pairs)
    second = (first + generator.integers(1, count, size=pairs)) % count
    return float(np.linalg.norm(features[first] - features[second], axis=-1).mean())
