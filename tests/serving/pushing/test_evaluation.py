import copy
import json

import pytest

from sagcn_tf.evaluation import report
from serving.errors import UserError
from serving.pushing.evaluation import evaluate, read_metrics
from serving.pushing.thresholds import Thresholds
from tests.small_export import copied_export, small_run


def scores(mmd_seq, std=0.01):
    return {"mmd_seq": {"mean": mmd_seq, "std": std}, "mmd_avg": {"mean": 9.0, "std": 0.0}}


def metrics(mmd_seq=0.2, std=0.01, clips=(10, 20), dataset="small", noise=0.35, **ratios):
    """Metrics for several numbers of clips, with another score for each."""
    largest = max(clips)
    statistics = (
        "speed",
        "acceleration",
        "bone length variation",
        "diversity",
        "distance to nearest training clip",
    )
    return {
        "dataset": dataset,
        "clips_per_class": list(clips),
        "mmd": {
            "train": {str(m): scores(mmd_seq + (largest - m) / 100, std) for m in clips},
            "test": {str(m): scores(5.0) for m in clips},
        },
        "reference_sets": {"white noise": {str(m): scores(noise) for m in clips}},
        "motion": {
            name: {"generated": 4.0 * ratios.get(name.replace(" ", "_"), 1.0), "train": 4.0}
            for name in statistics
        },
    }


def test_a_good_model_passes():
    checks = evaluate(metrics(), Thresholds(max_mmd_seq=0.25, min_speed=0.5))

    assert checks["mmd_seq"] == {"value": 0.2, "at most": 0.25}
    assert checks["speed"] == {"value": 1.0, "at least": 0.5}
    assert len(checks) == 6


@pytest.mark.parametrize(
    ("measured", "thresholds", "message"),
    [
        ({"mmd_seq": 0.26}, {"max_mmd_seq": 0.25}, "mmd_seq is 0.26, expected at most 0.25"),
        ({"mmd_seq": 0.36}, {}, "mmd_seq is 0.36, expected at most 0.35"),  # white noise
        ({"speed": 0.09}, {}, "speed is 0.09, expected at least 0.1"),
        ({"speed": 0.4}, {"min_speed": 0.5}, "speed is 0.4, expected at least 0.5"),
        ({"acceleration": 3.1}, {}, "acceleration is 3.1, expected at most 3"),
        ({"bone_length_variation": 4}, {}, "bone length variation is 4, expected at most 3"),
        ({"diversity": 0.05}, {}, "diversity is 0.05, expected at least 0.3"),
        (
            {"distance_to_nearest_training_clip": 0},
            {},
            "distance to nearest training clip is 0, expected at least 0.3",
        ),
        ({"speed": float("nan")}, {}, "speed is nan"),
        ({"mmd_seq": float("nan")}, {}, "mmd_seq is nan"),
        ({"speed": 0, "diversity": 0}, {}, "speed is 0, .*; diversity is 0"),
    ],
)
def test_a_model_beyond_a_threshold_is_refused_with_the_value(measured, thresholds, message):
    with pytest.raises(UserError, match=message):
        evaluate(metrics(**measured), Thresholds(**thresholds))


@pytest.mark.parametrize("generated", [0.0, 3.0])
def test_bone_lengths_of_rigid_bodies_are_not_compared(generated):
    measured = metrics()
    measured["motion"]["bone length variation"] = {"generated": generated, "train": 0.0}

    checks = evaluate(measured, Thresholds())

    assert "bone length variation" not in checks and "speed" in checks


@pytest.mark.parametrize(("mmd_seq", "passes"), [(0.15, True), (0.242, True), (0.243, False)])
def test_a_model_may_be_worse_than_the_served_one_only_by_chance(mmd_seq, passes):
    candidate, served = metrics(mmd_seq, std=0.012), metrics(0.2, std=0.0174)  # together .0211

    if passes:
        check = evaluate(candidate, Thresholds(), served)["mmd_seq and the served version"]
        assert check["served"] == 0.2
        assert check["at most"] == pytest.approx(0.2423, abs=1e-4)
    else:
        with pytest.raises(UserError, match="mmd_seq and the served version is 0.243, expected at"):
            evaluate(candidate, Thresholds(), served)


def test_models_are_compared_with_the_largest_common_number_of_clips():
    candidate, served = metrics(0.2, clips=(5, 10, 20)), metrics(0.1, clips=(5, 10, 50))

    check = evaluate(candidate, Thresholds(), served)["mmd_seq and the served version"]

    at_10 = pytest.approx(0.2 + 0.1), pytest.approx(0.1 + 0.4)
    assert (check["value"], check["served"]) == at_10


def test_models_that_cannot_be_compared_are_refused():
    with pytest.raises(UserError, match="trained on small, the served version on other"):
        evaluate(metrics(), Thresholds(), metrics(dataset="other"))
    with pytest.raises(UserError, match=r"\[10, 20\] clips per class, the served version with \["):
        evaluate(metrics(), Thresholds(), metrics(clips=(30,)))


@pytest.mark.parametrize("key", ["clips_per_class", "mmd", "reference_sets", "motion"])
def test_damaged_metrics_are_refused(key):
    damaged = copy.deepcopy(metrics())
    damaged[key] = {}

    with pytest.raises(UserError, match="metrics.json is not as sagcn_tf.evaluate writes it"):
        evaluate(damaged, Thresholds())


def test_metrics_are_read_from_an_export(tmp_path):
    measured = json.loads((small_run() / "metrics.json").read_text())["best"]

    read = read_metrics(copied_export(tmp_path / "1", mmd_seq=0.2, speed=0.7))
    checks = evaluate(read, Thresholds(max_mmd_seq=0.2), served=read)

    assert read.keys() == measured.keys()
    assert checks["mmd_seq"]["value"] == 0.2
    assert checks["speed"]["value"] == pytest.approx(0.7)
    assert checks["diversity"]["value"] == 1.0


def test_an_export_without_metrics_is_refused_with_advice(tmp_path):
    export = copied_export(tmp_path / "1")
    (export / "assets.extra" / "metrics.json").unlink()
    with pytest.raises(UserError, match="has no assets.extra/metrics.json: evaluate the run with"):
        read_metrics(export)

    report.write_metrics(export / "assets.extra", "last", metrics())
    with pytest.raises(UserError, match="from the checkpoint 'best', which was not evaluated"):
        read_metrics(export)

    (export / "assets.extra" / "metrics.json").write_text("{")
    with pytest.raises(UserError, match="has no valid metrics"):
        read_metrics(export)
