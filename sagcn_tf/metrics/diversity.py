"""Diversity and multimodality: how far the features of generated clips lie apart.

As action-to-motion and ACTOR define them: the mean Euclidean distance between the two clips of
random pairs, of any classes (diversity) or of one class (multimodality). Generated clips should
come near to what real clips score; more is not better.
"""

import numpy as np

PAIRS = 200
PAIRS_PER_CLASS = 20


def diversity(features, generator):
    """Returns the mean distance over 200 random pairs of clips, whatever their classes.

    Args:
        features: `[C, m, F]`, of m clips of each of C classes, C m > 1.
        generator: a `numpy.random.Generator`.

    Returns:
        float.
    """
    features = np.asarray(features, np.float64)
    return _mean_distance(features.reshape(-1, features.shape[-1]), PAIRS, generator)


def multimodality(features, generator):
    """Returns the mean distance over 20 random pairs of clips of each class, mean over classes.

    Args:
        features: `[C, m, F]`, m > 1.
        generator: a `numpy.random.Generator`.

    Returns:
        float.
    """
    features = np.asarray(features, np.float64)
    return float(np.mean([_mean_distance(one, PAIRS_PER_CLASS, generator) for one in features]))


def _mean_distance(features, pairs, generator):
    """Mean distance between the members of random pairs of two different rows."""
    count = len(features)
    if count < 2:
        raise ValueError(f"pairs need 2 clips or more; got {count}")
    first = generator.integers(count, size=pairs)
    second = (first + generator.integers(1, count, size=pairs)) % count
    return float(np.linalg.norm(features[first] - features[second], axis=-1).mean())
