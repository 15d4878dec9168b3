import json

import numpy as np
import pytest

from sagcn_tf.classification import scores


def test_the_interval_is_1_96_standard_errors():
    measurements = [
        {"recall": np.array([value, 0.5]), "accuracy": value} for value in (0.0, 1.0, 0.0, 1.0)
    ]

    summary = scores.summary(measurements)

    assert summary == {
        "recall": [0.5, 0.5],
        "accuracy": {"mean": 0.5, "interval": pytest.approx(1.96 * 0.5 / 2)},
    }
    assert json.loads(json.dumps(summary)) == summary


def test_about_95_percent_of_intervals_contain_the_true_mean():
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        draws = [{"recall": np.zeros(1), "accuracy": value} for value in rng.normal(size=20)]
        found = scores.summary(draws)["accuracy"]
        held += abs(found["mean"]) < found["interval"]
    assert 0.90 < held / 400 < 0.98
