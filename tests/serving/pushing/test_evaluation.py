import copy
import json

import pytest

from sagcn_tf.evaluation import report
from serving.errors import UserError
from serving.pushing.evaluation import Thresholds, evaluate, read_metrics
from tests.small_export import copied_export, small_run

STATISTICS = (
    "speed",
    "acceleration",
    "bone length variation",
    "diversity",
    "distance to nearest training clip",
)
NOISE, WRONG_CLASS = "white noise", "real clips of a wrong class"


def scores(mmd_seq, std=0.01, mmd_avg=0.1):
    return {"mmd_seq": {"mean": mmd_seq, "std": std}, "mmd_avg": {"mean": mmd_avg, "std": 0.0}}


def metrics(
    mmd_seq=0.2, mmd_avg=0.1, std=0.01, clips=(10, 20), dataset="small", classes=3, **ratios
):
    """Metrics for several numbers of clips, with another score for each."""
    largest = max(clips)
    return {
        "dataset": dataset,
        "clips_per_class": list(clips),
        "mmd": {
            "train": {str(m): scores(mmd_seq + (largest - m) / 100, std, mmd_avg) for m in clips},
            "test": {str(m): scores(5.0) for m in clips},
        },
        "reference_sets": {
            name: {str(m): scores(line, 0.0, line) for m in clips}
            for name, line in (("label ignored", 0.3), ("white noise", 0.35))
        },
        "motion": {
            name: {
                "generated": 4.0 * ratios.get(name.replace(" ", "_"), 1.0),
                "train": 4.0,
                "test": 4.0,
                "classes": dict.fromkeys(range(classes)),
            }
            for name in STATISTICS
        },
    }


def test_a_good_model_passes():
    checks = evaluate(metrics(), Thresholds(max_mmd_seq=0.25, min_speed=0.5))

    assert checks["mmd_seq"] == {"value": 0.2, "at most": 0.25}
    assert checks["speed"] == {"value": 4.0, "at least": 2.0, "real": 4.0}
    assert set(checks) == {
        *("mmd_seq", f"mmd_seq beside {NOISE}"),
        *(f"mmd_avg beside {WRONG_CLASS}", f"mmd_avg beside {NOISE}"),
        *STATISTICS,
    }


@pytest.mark.parametrize(
    ("measured", "thresholds", "message"),
    [
        ({"mmd_seq": 0.26}, {"max_mmd_seq": 0.25}, "mmd_seq is 0.26, expected at most 0.25"),
        ({"mmd_avg": 0.2}, {"max_mmd_avg": 0.15}, "mmd_avg is 0.2, expected at most 0.15"),
        ({"mmd_seq": 0.29}, {}, f"mmd_seq beside {WRONG_CLASS} is 0.29, expected at most 0.28"),
        ({"mmd_avg": 0.31}, {}, f"mmd_avg beside {WRONG_CLASS} is 0.31, expected at most 0.3"),
        # A limit that was named too high does not let noise pass.
        ({"mmd_seq": 0.34}, {"max_mmd_seq": 0.5}, f"mmd_seq beside {NOISE} is 0.34, .* most 0.33"),
        ({"mmd_avg": 0.36}, {"max_mmd_avg": 0.5}, f"mmd_avg beside {NOISE} is 0.36, .* most 0.35"),
        ({"speed": 0.09}, {}, r"speed is 0.36, expected at least 0.4 \(real clips: 4\)"),
        ({"speed": 0.4}, {"min_speed": 0.5}, "speed is 1.6, expected at least 2"),
        ({"acceleration": 3.1}, {}, "acceleration is 12.4, expected at most 12"),
        ({"bone_length_variation": 4}, {}, "bone length variation is 16, expected at most 12"),
        ({"diversity": 0.05}, {}, "diversity is 0.2, expected at least 1.2"),
        (
            {"distance_to_nearest_training_clip": 0},
            {},
            "distance to nearest training clip is 0, expected at least 1.2",
        ),
        ({"speed": float("nan")}, {}, "speed is nan"),
        ({"mmd_seq": float("nan")}, {}, "mmd_seq beside .* is nan"),
        ({"speed": 0, "diversity": 0}, {}, "speed is 0, .*; diversity is 0"),
    ],
)
def test_a_model_beyond_a_threshold_is_refused_with_the_value(measured, thresholds, message):
    with pytest.raises(UserError, match=message):
        evaluate(metrics(**measured), Thresholds(**thresholds))


def test_a_named_limit_above_the_wrong_class_is_taken():
    evaluate(metrics(mmd_seq=0.32, mmd_avg=0.32), Thresholds(max_mmd_seq=0.325, max_mmd_avg=0.325))


def test_where_there_is_one_class_the_line_of_a_wrong_class_is_named_as_not_checked():
    checks = evaluate(metrics(mmd_seq=0.31, classes=1), Thresholds())

    for name in ("mmd_seq", "mmd_avg"):
        reason = {"not checked": "the data have only one class"}
        assert checks[f"{name} beside {WRONG_CLASS}"] == reason
    with pytest.raises(UserError, match=f"mmd_seq beside {NOISE} is 0.34"):
        evaluate(metrics(mmd_seq=0.34, classes=1), Thresholds())


@pytest.mark.parametrize("real", [0.0, 3.6e-07])
@pytest.mark.parametrize(
    ("named", "generated", "passes"),
    [(None, 3.9, True), (None, 4.1, False), (3.0, 3.9, False), (1e-6, 2.17, False)],
)
def test_bones_that_are_rigid_in_real_clips_are_checked_too(real, named, generated, passes):
    measured = metrics()  # The speed of real clips is 4.
    measured["motion"]["bone length variation"] |= {"generated": generated, "train": real}

    if passes:
        evaluate(measured, Thresholds(max_bone_length_variation=named))
    else:
        with pytest.raises(UserError, match=f"bone length variation is {generated}, expected at m"):
            evaluate(measured, Thresholds(max_bone_length_variation=named))


@pytest.mark.parametrize("name", ["acceleration", "speed", "diversity"])
def test_a_real_value_of_zero_is_a_value(name):
    measured = metrics()
    measured["motion"][name] |= {"generated": 1.0, "train": 0.0}

    if name == "acceleration":
        with pytest.raises(UserError, match="acceleration is 1, expected at most 0"):
            evaluate(measured, Thresholds())
    else:
        assert evaluate(measured, Thresholds())[name]["at least"] == 0


def test_new_clips_are_compared_with_new_clips():
    # Real training clips overlap, the more the more there are: those of other subjects do not.
    measured = metrics()
    name = "distance to nearest training clip"
    measured["motion"][name] |= {"generated": 5.0, "train": 0.3, "test": 20.0}

    with pytest.raises(UserError, match=f"{name} is 5, expected at least 6 .real clips: 20"):
        evaluate(measured, Thresholds())


@pytest.mark.parametrize(("mmd_seq", "passes"), [(0.15, True), (0.242, True), (0.243, False)])
def test_a_model_may_be_worse_than_the_served_one_only_by_chance(mmd_seq, passes):
    candidate, served = metrics(mmd_seq, std=0.012), metrics(0.2, std=0.0174)  # together .0211

    if passes:
        check = evaluate(candidate, Thresholds(), served)["mmd_seq beside the served version"]
        assert check["served"] == 0.2
        assert check["at most"] == pytest.approx(0.2423, abs=1e-4)
    else:
        with pytest.raises(UserError, match="mmd_seq beside the served version is 0.243, expected"):
            evaluate(candidate, Thresholds(), served)


def test_models_are_compared_with_the_largest_common_number_of_clips():
    candidate, served = metrics(0.1, clips=(5, 10, 20)), metrics(0.1, clips=(5, 10, 50))

    check = evaluate(candidate, Thresholds(), served)["mmd_seq beside the served version"]

    at_10 = pytest.approx(0.1 + 0.1), pytest.approx(0.1 + 0.4)
    assert (check["value"], check["served"]) == at_10


def test_models_that_cannot_be_compared_are_refused():
    with pytest.raises(UserError, match="trained on small, the served version on other"):
        evaluate(metrics(), Thresholds(), metrics(dataset="other"))
    with pytest.raises(UserError, match=r"\[10, 20\] clips per class, the served version with \["):
        evaluate(metrics(), Thresholds(), metrics(clips=(30,)))


@pytest.mark.parametrize("key", ["clips_per_class", "mmd", "reference_sets", "motion"])
@pytest.mark.parametrize("damage", [{}, [], None, 3])
def test_damaged_metrics_are_refused(key, damage):
    damaged = copy.deepcopy(metrics())
    damaged[key] = damage

    with pytest.raises(UserError, match="metrics.json is not as sagcn_tf.evaluate writes it"):
        evaluate(damaged, Thresholds())


def test_metrics_are_read_from_an_export(tmp_path):
    measured = json.loads((small_run() / "metrics.json").read_text())["best"]

    read = read_metrics(copied_export(tmp_path / "1", mmd_seq=0.2, speed=0.7))
    checks = evaluate(read, Thresholds(max_mmd_seq=0.2), served=read)

    assert read.keys() == measured.keys()
    assert checks["mmd_seq"]["value"] == 0.2
    assert checks["speed"] == {"value": 1.4, "at least": 0.2, "real": 2.0}


def test_an_export_without_metrics_is_refused_with_advice(tmp_path):
    export = copied_export(tmp_path / "1")
    (export / "assets.extra" / "metrics.json").unlink()
    with pytest.raises(UserError, match="has no assets.extra/metrics.json: evaluate the run with"):
        read_metrics(export)

    report.write_metrics(export / "assets.extra", "last", metrics())
    with pytest.raises(UserError, match="from the checkpoint 'best', which was not evaluated"):
        read_metrics(export)

    for text in ("{", "3"):
        (export / "assets.extra" / "metrics.json").write_text(text)
        with pytest.raises(UserError, match="has no valid metrics"):
            read_metrics(export)
