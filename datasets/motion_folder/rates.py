"""Brings recordings to one frame rate."""

import collections

import numpy as np

_SAME = 0.01  # rates that differ by less are equal: .0333 and .033333 seconds per frame


def common_rate(rates):
    """Returns the frame rate that most recordings have; of equally many, the lowest.

    Args:
        rates: frames per second of the recordings, at least one.
    """
    counts = collections.Counter(rates)
    votes = {
        rate: sum(count for other, count in counts.items() if same_rate(rate, other))
        for rate in counts
    }
    lowest = min(rate for rate, count in votes.items() if count == max(votes.values()))
    return next(rate for rate in rates if same_rate(rate, lowest))


def same_rate(first, second):
    """Returns whether two frame rates differ by no more than rounding."""
    return abs(first / second - 1) <= _SAME


def resample(motion, rate, new_rate):
    """Interpolates motion linearly at another frame rate.

    Args:
        motion: `[T, ...]`.
        rate: its frames per second.
        new_rate: frames per second of the result.

    Returns:
        `[T', ...]` from the first frame on, for no longer than the motion lasts.
    """
    if same_rate(rate, new_rate):
        return motion
    count = int((len(motion) - 1) * new_rate / rate * (1 + 1e-9)) + 1
    places = np.minimum(np.arange(count) * (rate / new_rate), len(motion) - 1)  # [T']
    before = places.astype(int)
    after = np.minimum(before + 1, len(motion) - 1)
    share = (places - before).reshape(-1, *[1] * (motion.ndim - 1))
    return motion[before] + share * (motion[after] - motion[before])
