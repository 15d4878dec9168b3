import dataclasses
import itertools

import numpy as np
import pytest

from sagcn_tf.human_study.report import NOT_COLLECTED, SIMULATED, format_scores
from sagcn_tf.human_study.schedule import REPEAT
from sagcn_tf.human_study.scores import study_scores
from tests.small_study import KEYS, MEANS, opinion, simulated_ratings, small_study

STUDY = small_study(clips_per_class=20, judgments=120)
NAMES = [f"simulated {number}" for number in range(6)]


@pytest.fixture(scope="module")
def scores():
    return study_scores(STUDY, simulated_ratings(STUDY, NAMES, careless=NAMES[-1:]))


def test_the_means_of_simulated_raters_are_recovered(scores):
    for key in KEYS:
        found = scores["systems"][key]
        own = [clip for clip, name in enumerate(STUDY.keys) if name == key]
        expected = np.mean([opinion(STUDY, clip) for clip in own])
        assert found["mean"] == pytest.approx(expected, abs=0.1)
        assert found["low"] < expected < found["high"] < found["low"] + 0.6
        assert (found["clips"], found["raters"]) == (60, 5)
    assert scores["systems"]["real"]["mean"] == pytest.approx(MEANS["real"], abs=0.4)


def test_the_careless_rater_fails_the_checks_and_does_not_count(scores):
    assert [rater["passed"] for rater in scores["raters"]] == [True] * 5 + [False]
    with_all = simulated_ratings(STUDY, NAMES)
    assert study_scores(STUDY, with_all)["agreement"] > scores["agreement"] - 0.1


def test_repeats_are_checks_and_do_not_change_the_means(scores):
    ratings = simulated_ratings(STUDY, NAMES[:3])
    changed = {
        key: {
            **one,
            "rating": one["rating"] % 2 + one["rating"] if one["kind"] == REPEAT else one["rating"],
        }
        for key, one in ratings.items()
    }

    assert study_scores(STUDY, changed)["systems"] == study_scores(STUDY, ratings)["systems"]


def test_agreement_is_krippendorffs_alpha_for_ordinal_ratings():
    """Against the definition with loops: 1 - observed / expected disagreement."""
    ratings = simulated_ratings(STUDY, NAMES[:3])

    found = study_scores(STUDY, ratings)["agreement"]

    units = {}
    for one in ratings.values():
        if one["kind"] != REPEAT:
            units.setdefault(one["clip"], []).append(one["rating"])
    units = [unit for unit in units.values() if len(unit) > 1]
    count = {value: sum(unit.count(value) for unit in units) for value in range(1, 6)}

    def difference(a, b):
        low, high = min(a, b), max(a, b)
        return (sum(count[v] for v in range(low, high + 1)) - (count[low] + count[high]) / 2) ** 2

    observed = sum(
        difference(a, b) / (len(unit) - 1)
        for unit in units
        for a, b in itertools.permutations(unit, 2)
    )
    everything = [value for unit in units for value in unit]
    expected = sum(difference(a, b) for a, b in itertools.permutations(everything, 2))
    assert found == pytest.approx(1 - observed / (expected / (len(everything) - 1)), abs=1e-9)


def test_one_rater_has_no_interval_and_no_agreement():
    scores = study_scores(STUDY, simulated_ratings(STUDY, NAMES[:1]))

    assert scores["systems"]["good"]["low"] is None and scores["agreement"] is None
    assert "| -  " in format_scores(scores)


def test_without_raters_nothing_is_reported():
    assert format_scores(study_scores(STUDY, {})) == NOT_COLLECTED


def test_simulated_ratings_are_marked(scores):
    assert format_scores(scores).startswith(SIMULATED)
    real = dataclasses.replace(STUDY, simulated=False)
    assert SIMULATED not in format_scores(study_scores(real, simulated_ratings(STUDY, NAMES)))
