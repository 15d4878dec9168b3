"""Sizes of the sets of clips that classifiers score, and summaries over the sets."""

import numpy as np

from sagcn_tf.data.clips import limit_clips_per_class

SEEDS = 20
CLIPS_PER_CLASS = 50


def clips_per_class(data):
    """Returns the clips per class in each of the 20 sets: 50, or fewer for small data sets."""
    return limit_clips_per_class(data, CLIPS_PER_CLASS)


def summary(measurements):
    """Computes means over several sets of clips, with 95% confidence intervals.

    Args:
        measurements: list of the results of `TrainedClassifier.measure`, one per set.

    Returns:
        `{name: {"mean", "interval"}}`, JSON-serializable. The interval is plus or minus 1.96
        standard deviations divided by the square root of the number of sets. `recall` is a list of
        means only.
    """
    summaries = {}
    for name in measurements[0]:
        if name == "recall":
            summaries[name] = np.mean([one[name] for one in measurements], axis=0).tolist()
            continue
        values = [float(one[name]) for one in measurements]
        interval = 1.96 * np.std(values) / np.sqrt(len(values))
        summaries[name] = {"mean": float(np.mean(values)), "interval": float(interval)}
    return summaries
