"""Scores of a study: means with intervals, agreement of raters, and attention checks."""

import numpy as np

from sagcn_tf.human_study.schedule import CLIP, REPEAT
from sagcn_tf.human_study.study import REAL

# A rater fails the attention checks with a mean difference between two ratings of the same clip
# above the first number, or a mean rating of real clips below the second. Random ratings have 1.6
# and 3.0.
MAX_DIFFERENCE, MIN_REAL = 1.3, 3.0
_RESAMPLINGS = 2000
_BATCH = 50


def study_scores(study, ratings):
    """Scores a study.

    Args:
        study: a `Study`.
        ratings: `{(rater, judgment): dict}`, as `Records` has them.

    Returns:
        A JSON-serializable dict. `simulated`; `raters`: a list of dicts with `rater`, `ratings`,
        `difference` (mean absolute difference between two ratings of a clip), `real` (mean rating
        of real clips) and `passed`; `systems`: `{key: {"mean", "low", "high", "ratings", "clips",
        "raters"}}`, for the raters who passed, with 95% bootstrap intervals over raters and clips
        (None with fewer than two raters or clips); `agreement`: Krippendorff's alpha for ordinal
        ratings of generated and real clips, None if it is not defined.
    """
    raters = sorted({rater for rater, _ in ratings})
    checked = [_check(rater, ratings) for rater in raters]
    passed = [check["rater"] for check in checked if check["passed"]]
    table = _table(study, passed, ratings)
    keys = np.array(study.keys)
    names = [*(system["key"] for system in study.systems), REAL]
    systems = {name: _score(table[:, keys == name]) for name in names}
    return {
        "simulated": study.simulated,
        "raters": checked,
        "systems": {name: score for name, score in systems.items() if score},
        "agreement": _agreement(table),
    }


def _check(rater, ratings):
    own = [one for (name, _), one in ratings.items() if name == rater]
    first = {one["clip"]: one["rating"] for one in own if one["kind"] == CLIP}
    differences = [
        abs(one["rating"] - first[one["clip"]])
        for one in own
        if one["kind"] == REPEAT and one["clip"] in first
    ]
    real = [one["rating"] for one in own if one["kind"] == REAL]
    difference = float(np.mean(differences)) if differences else None
    real = float(np.mean(real)) if real else None
    failed = (difference or 0.0) > MAX_DIFFERENCE or (MIN_REAL if real is None else real) < MIN_REAL
    return {
        "rater": rater,
        "ratings": len(own),
        "difference": difference,
        "real": real,
        "passed": not failed,
    }


def _table(study, raters, ratings):
    """Returns `[raters, clips]`, NaN where a rater has not rated a clip. Repeats do not count."""
    table = np.full((len(raters), len(study.keys)), np.nan)
    for (rater, _), one in ratings.items():
        if rater in raters and one["kind"] != REPEAT:
            table[raters.index(rater), one["clip"]] = one["rating"]
    return table


def _score(table):
    """Returns the mean of a system and its interval; an empty dict without ratings."""
    rated = ~np.isnan(table)
    table = table[rated.any(axis=1)][:, rated.any(axis=0)]
    rated = ~np.isnan(table)
    if not rated.any():
        return {}
    low, high = _interval(table) if min(table.shape) > 1 else (None, None)
    return {
        "mean": float(np.nanmean(table)),
        "low": low,
        "high": high,
        "ratings": int(rated.sum()),
        "clips": table.shape[1],
        "raters": table.shape[0],
    }


def _interval(table):
    """Returns the 95% bootstrap interval of the mean over raters and clips."""
    from scipy.stats import bootstrap

    values, rated, overall = np.nan_to_num(table), ~np.isnan(table), np.nanmean(table)

    def mean(raters, clips, axis=-1):
        chosen = raters[..., :, None].astype(int), clips[..., None, :].astype(int)
        count = rated[chosen].sum(axis=(-2, -1))
        total = values[chosen].sum(axis=(-2, -1))
        # A draw may have no rating at all, if there are very few.
        return np.where(count > 0, total / np.maximum(count, 1), overall)

    found = bootstrap(
        tuple(np.arange(size) for size in table.shape),
        mean,
        n_resamples=_RESAMPLINGS,
        batch=_BATCH,
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    return tuple(map(float, found.confidence_interval))


def _agreement(table):
    """Returns Krippendorff's alpha; None if no clip has two raters, or all ratings are equal."""
    import krippendorff

    shared = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    if not shared.size or np.nanmin(shared) == np.nanmax(shared):
        return None
    return float(krippendorff.alpha(shared, level_of_measurement="ordinal"))
