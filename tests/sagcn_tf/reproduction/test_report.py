import csv
import json

import pytest

from sagcn_tf.config import make_config
from sagcn_tf.reproduction import measured, report
from sagcn_tf.reproduction.tables import Row, Table

TABLE = Table(
    "Two systems",
    (
        Row("sagcn", "SA-GCN", published={"mmd_avg": 0.146, "mmd_seq": 0.134}),
        Row("epva", "EPVA", "epva", published={"synthetic_mmd_avg": 0.9}),
    ),
)
RECOGNITION = Table("Recognition", (Row("sagcn", "SA-GCN", published={"accuracy": 0.593}),), True)


def mean(value):
    return {"mean": value, "std": 0.001, "draws": 5}


def results(mmd):
    """A checkpoint's part of metrics.json; 100 clips a class are there to be passed over."""
    scores = {"mmd_avg": mean(mmd), "mmd_seq": mean(2 * mmd)}
    other = {"mmd_avg": mean(9.0), "mmd_seq": mean(9.0)}
    recognised = {"accuracy": mean(0.5), "frechet_train": mean(3.0), "diversity": mean(2.0)}
    recognised["multimodality"] = mean(1.5)
    real = {name: {"accuracy": mean(0.9)} for name in ("train", "held_out", "test")}
    return {
        "step": 40,
        "clips_per_class": [100, 1000],
        "mmd": {"train": {"100": other, "1000": scores}, "test": {"100": other, "1000": other}},
        "anchors": {"white noise": {"100": other, "1000": scores}},
        "motion": {
            name: {"generated": 1.0, "train": 2.0, "test": 2.0}
            for name in ("speed", "acceleration", "diversity")
        },
        "recognition": {
            "recognisers": {kind: {"generated": recognised, **real} for kind in ("d_v", "st_gcn")}
        },
    }


def write_run(runs_dir, seed, best, last):
    run_dir = runs_dir / f"synthetic-sagcn-{seed}"
    make_config(seed=seed, steps=50).save(run_dir / "config.json")
    (run_dir / "history.csv").write_text("step,seconds\n10,60\n50,300\n")
    metrics = {"best": results(best), "last": results(last)}
    (run_dir / "metrics.json").write_text(json.dumps(metrics))


@pytest.fixture
def runs_dir(tmp_path):
    """Two seeds of SA-GCN were measured, EPVA was not."""
    write_run(tmp_path, 0, best=0.1, last=0.2)
    write_run(tmp_path, 1, best=0.3, last=0.4)
    return tmp_path


def cells(text, start):
    """The cells of the line of a Markdown table that begins so, by the names of the columns."""
    lines = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    header, row = lines[0], next(line for line in lines if line[0].strip() == start)
    return {name.strip(): cell.strip() for name, cell in zip(header, row, strict=True)}


def test_a_row_shows_the_paper_and_the_mean_over_seeds_at_the_most_clips(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    row = cells(report.markdown(TABLE, rows, []), "SA-GCN")

    assert row["MMD_avg, paper"] == "0.146" and row["MMD_seq, paper"] == "0.134"
    assert row["MMD_avg, best"] == "0.200 ± 0.100" and row["MMD_seq, best"] == "0.400 ± 0.200"
    assert row["MMD_avg, last"] == "0.300 ± 0.100"
    assert row["MMD_avg, test subjects, best"] == "9.000 ± 0.000"
    assert row["speed / real"] == "0.50 ± 0.00"
    assert row["steps x batch"] == "50 x 32" and row["minutes"] == "5" and row["seeds"] == "0, 1"


def test_a_row_without_runs_says_so_and_keeps_the_published_figure(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    row = cells(report.markdown(TABLE, rows, []), "EPVA")

    assert row["MMD_avg, paper"] == "0.900" and row["MMD_seq, paper"] == "-"
    assert row["MMD_avg, best"] == "not run" and row["MMD_seq, last"] == "-"


def test_one_seed_has_no_deviation(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [1], runs_dir)

    assert cells(report.markdown(TABLE, rows, []), "SA-GCN")["MMD_avg, best"] == "0.300"


def test_a_run_of_which_only_one_checkpoint_was_measured_is_not_shown(runs_dir):
    path = runs_dir / "synthetic-sagcn-0" / "metrics.json"
    path.write_text(json.dumps({"best": results(0.1)}))

    rows = measured.collect(TABLE, "synthetic", [0], runs_dir)

    assert rows[0]["runs"] == []


def test_recognition_has_columns_of_its_own_and_ceilings_under_it(runs_dir):
    rows = measured.collect(RECOGNITION, "synthetic", [0], runs_dir)
    about = report.about(RECOGNITION, "synthetic", rows, runs_dir, "the command", "a remark")

    text = report.markdown(RECOGNITION, rows, about)

    row = cells(text, "SA-GCN")
    assert row["accuracy, paper"] == "0.593" and row["accuracy, best"] == "0.500"
    assert row["Frechet distance, best"] == "3.000"
    assert "a remark" in text and "the command" in text
    assert "held-out sequences" in text and "0.900" in text


def test_anchors_stand_under_mmd(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0], runs_dir)

    about = "\n".join(report.about(TABLE, "synthetic", rows, runs_dir, "the command"))

    assert "| white noise | 0.100   | 0.200   |" in about
    assert "1000 clips a class" in about
    assert "; SA-GCN in float32. Command: `the command`" in about


def test_all_three_files_hold_the_same_figures(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    markdown, table, values = report.write(runs_dir / "tables", "table1", TABLE, rows, ["about"])

    assert "0.200 ± 0.100" in markdown.read_text() and "about" in markdown.read_text()
    assert json.loads(values.read_text())["rows"] == rows
    with open(table, newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["seed"] for line in lines] == ["0", "1"]
    assert [float(line["best_mmd_avg"]) for line in lines] == [0.1, 0.3]
    assert [float(line["paper_mmd_avg"]) for line in lines] == [0.146, 0.146]
    assert lines[0]["best_step"] == "40"


def test_a_table_without_runs_is_written_too(tmp_path):
    rows = measured.collect(TABLE, "synthetic", [0], tmp_path)
    about = report.about(TABLE, "synthetic", rows, tmp_path, "the command")

    paths = report.write(tmp_path / "tables", "table1", TABLE, rows, about)

    assert paths[0].read_text().count("not run") == 2
