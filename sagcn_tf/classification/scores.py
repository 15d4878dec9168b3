"""The sets of clips that classifiers score, and summaries over them."""

import numpy as np

from sagcn_tf.data.input_pipeline import most_clips

SEEDS = 20
CLIPS_PER_CLASS = 50


def clips_per_class(data):
    """How many clips a class each of the 20 sets has: 50, or fewer where data hold fewer."""
    return min(CLIPS_PER_CLASS, most_clips(data) or CLIPS_PER_CLASS)


def summary(measurements):
    """Means over several sets of clips, with intervals in which they lie with 95 % probability.

    Args:
        measurements: what `TrainedClassifier.measure` returned for each.

    Returns:
        `{name: {"mean", "interval"}}`, JSON-able; the interval is plus or minus 1.96 standard
        deviations over the root of their number. Of `recall` the means alone, a list.
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
