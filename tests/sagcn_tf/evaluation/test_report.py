import json

import pytest

from sagcn_tf.classification.report import format_recognition
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.report import format_results, write_metrics
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS


def score(mean, std, draws):
    return {"mmd_avg": {"mean": mean, "std": std, "draws": draws}} | {
        "mmd_seq": {"mean": mean + 0.1, "std": std, "draws": draws}
    }


def motion(generated, train, test):
    return {"generated": generated, "train": train, "test": test}


RESULTS = {
    "dataset": "small",
    "unit": "pixel",
    "clips_per_class": [100, 1000],
    "mmd": {
        "train": {"100": score(0.2, 0.01, 5), "1000": score(0.15, 0.002, 5)},
        "test": {"100": score(0.4, 0.01, 5), "1000": score(0.35, 0.002, 5)},
    },
    "reference_sets": {"white noise": {"100": score(0.5, 0.01, 5), "1000": score(0.45, 0.0, 1)}},
    "motion": {
        "speed": {
            **motion(3.0, 2.0, 1.0),
            "classes": {"waving": motion(2.5, 2.0, 1.0), "bowing": motion(5.0, 2.0, 1.0)},
        },
        "acceleration": {
            **motion(0.0, 4.0, 2.0),
            "classes": {"waving": motion(3.2, 4.0, 2.0), "bowing": motion(0.0, 4.0, 2.0)},
        },
        "bone length variation": {
            **motion(1.0, 3e-7, 0.0),
            "classes": {"waving": motion(1.0, 3e-7, 0.0), "bowing": motion(0.0, 0.0, 0.0)},
        },
    },
}


def test_tables_say_that_they_cover_the_motion_of_the_root():
    speed = {**motion(0.4, 0.5, 0.5), "classes": {}}
    results = {**RESULTS, "motion": {"speed over ground": speed, **RESULTS["motion"]}}

    text = format_results(results)

    assert (
        "the first four in pixels" in text
        and "cover the motion of the root over the ground" in text
    )
    text = format_results(RESULTS)
    assert "the first three in pixels" in text and "ground" not in text


def cells():
    """Returns the rows of all tables as lists of cells."""
    lines = [line for line in format_results(RESULTS).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_generated_clips_come_before_reference_sets():
    rows = [row[0] for row in cells()]
    assert rows.index("generated") < rows.index("white noise") < rows.index("speed")


def test_scores_have_their_deviation_over_draws():
    rows = cells()
    assert ["generated", "training", "100", "0.200 ± 0.010", "0.300 ± 0.010"] in rows
    assert ["generated", "training", "1000", "0.150 ± 0.002", "0.250 ± 0.002"] in rows
    assert ["generated", "test", "100", "0.400 ± 0.010", "0.500 ± 0.010"] in rows


def test_a_single_draw_has_no_deviation():
    assert ["white noise", "training", "1000", "0.450", "0.550"] in cells()


def test_motion_statistics_have_ratios_to_real_clips():
    rows = cells()
    assert ["speed", "3", "2", "1", "1.50"] in rows and ["speed", "0.50"] in rows
    assert ["acceleration", "0", "4", "2", "0.00"] in rows and ["acceleration", "0.50"] in rows


def test_there_is_no_ratio_to_rounding_error():
    rows = cells()
    assert ["bone length variation", "1", "3e-07", "0", "-"] in rows
    assert ["bone length variation", "-"] in rows


def test_classes_with_unrealistic_motion_are_marked():
    rows = cells()
    assert ["class", "speed", "acceleration", "bone length variation"] in rows
    assert ["waving", "1.25", "0.80", "-"] in rows
    assert ["bowing", "2.50 !", "0.00 !", "-"] in rows


def test_tables_fit_a_terminal():
    full = dict.fromkeys((*RESULTS["motion"], "diversity", "distance to nearest training clip"))
    motion = dict.fromkeys(full, RESULTS["motion"]["speed"])
    reference_sets = {name: score(0.5, 0.01, 5) for name in REFERENCE_SETS}
    reference_sets = {name: {"100": one, "1000": one} for name, one in reference_sets.items()}
    results = {**RESULTS, "motion": motion, "reference_sets": reference_sets}
    results["mmd"] = {**RESULTS["mmd"], "predicted": RESULTS["mmd"]["train"]}

    text = format_results(results)

    assert max(map(len, text.splitlines())) <= 80


def test_only_small_distances_to_training_clips_are_marked():
    far, near = motion(3.0, 1.0, 1.0), motion(0.5, 1.0, 1.0)
    distances = {**motion(1.0, 1.0, 1.0), "classes": {"waving": far, "bowing": near}}

    text = format_results({**RESULTS, "motion": {"distance to nearest training clip": distances}})

    assert "| waving | 3.00 " in text and "| bowing | 0.50 !" in text


def test_a_sentence_describes_pruning():
    selection = {"last_frames": 0.64, "distance": 5.79}

    text = format_results({**RESULTS, "attention": selection})

    assert "the last K frames in 64% of the rows;\nkept frames are 5.8 frames back" in text
    assert "Pruning" not in format_results({**RESULTS, "attention": {}})


def test_recognition_is_at_the_end():
    row = {"recall": [0.5]} | dict.fromkeys(
        ["accuracy", "frechet_train", "frechet_test", "diversity", "multimodality"],
        {"mean": 0.25, "interval": 0.125},
    )
    recognition = {
        "class_names": ["waving"],
        "clips_per_class": 50,
        "seeds": 20,
        "classifiers": {"st_gcn": {"generated": row}},
    }
    text = format_results({**RESULTS, "recognition": recognition})
    assert text.startswith(format_results(RESULTS))
    assert text == f"{format_results(RESULTS)}\n{format_recognition(recognition)}"


def test_columns_are_aligned():
    tables = format_results(RESULTS).split("\n\n")
    for table in (part for part in tables if part.startswith("|")):
        assert len({len(line) for line in table.splitlines() if line.startswith("|")}) == 1


def test_checkpoints_do_not_overwrite_each_other(tmp_path):
    write_metrics(tmp_path, "best", RESULTS)
    write_metrics(tmp_path, "last", {**RESULTS, "dataset": "other"})
    path = write_metrics(tmp_path, "best", {**RESULTS, "unit": "millimeter"})
    metrics = json.loads(path.read_text())
    assert path == tmp_path / "metrics.json"
    assert metrics["last"]["dataset"] == "other"
    assert metrics["best"] == {"step": None, **RESULTS, "unit": "millimeter"}
    assert [file.name for file in tmp_path.iterdir()] == ["metrics.json"]


def test_metrics_include_the_step_of_the_checkpoint(tmp_path):
    for step in (8, 12):
        checkpoint = tmp_path / "checkpoints" / "last" / f"ckpt-{step}.index"
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        checkpoint.touch()

    metrics = json.loads(write_metrics(tmp_path, "last", RESULTS).read_text())

    assert metrics["last"]["step"] == 12


@pytest.mark.parametrize("content", ["{", "[1]", "3"])
def test_a_damaged_file_is_named_and_kept(tmp_path, content):
    path = tmp_path / "metrics.json"
    path.write_text(content)
    with pytest.raises(UserError, match="metrics.json does not contain metrics: .* Move it away"):
        write_metrics(tmp_path, "best", RESULTS)
    assert path.read_text() == content
