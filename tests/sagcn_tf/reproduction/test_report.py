import csv
import json

import pytest

from sagcn_tf.reproduction import measured, report
from tests.runs_of_a_table import RECOGNITION, TABLE, write_run


@pytest.fixture
def runs_dir(tmp_path):
    """A folder with two evaluated seeds of SA-GCN and no run of EPVA."""
    write_run(tmp_path, 0, best=0.1, last=0.2)
    write_run(tmp_path, 1, best=0.3, last=0.4)
    return tmp_path


def cells(text, start):
    """Returns the row of a Markdown table that starts with a cell: {column: cell}."""
    lines = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    header, row = lines[0], next(line for line in lines if line[0].strip() == start)
    return {name.strip(): cell.strip() for name, cell in zip(header, row, strict=True)}


def test_a_row_has_the_published_results_and_the_mean_over_seeds(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    row = cells(report.markdown(TABLE, rows, []), "SA-GCN")

    assert row["MMD_avg, paper"] == "0.146" and row["MMD_seq, paper"] == "0.134"
    assert row["MMD_avg, best"] == "0.200 ± 0.100" and row["MMD_seq, best"] == "0.400 ± 0.200"
    assert row["MMD_avg, last"] == "0.300 ± 0.100"
    assert row["MMD_avg, test subjects, best"] == "9.000 ± 0.000"
    assert row["speed / real"] == "0.50 ± 0.00"
    assert row["steps x batch"] == "50 x 16" and row["minutes"] == "5" and row["seeds"] == "0, 1"


def test_a_row_without_runs_has_the_published_results(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    row = cells(report.markdown(TABLE, rows, []), "EPVA")

    assert row["MMD_avg, paper"] == "0.900" and row["MMD_seq, paper"] == "-"
    assert row["MMD_avg, best"] == "not run" and row["MMD_seq, last"] == "-"


def test_one_seed_has_the_deviation_over_draws_of_clips(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [1], runs_dir)
    notes = "\n".join(report.notes(TABLE, "synthetic", rows, runs_dir, "the command"))

    row = cells(report.markdown(TABLE, rows, []), "SA-GCN")

    assert row["MMD_avg, best"] == "0.300 ± 0.001" and row["speed / real"] == "0.50"
    assert "with one seed, ± the deviation over draws" in notes


def test_recognition_has_its_own_columns_and_scores_of_real_clips(runs_dir):
    rows = measured.collect(RECOGNITION, "synthetic", [0], runs_dir)
    notes = report.notes(RECOGNITION, "synthetic", rows, runs_dir, "the command", "a remark")

    text = report.markdown(RECOGNITION, rows, notes)

    row = cells(text, "SA-GCN")
    assert row["accuracy, paper"] == "0.593" and row["accuracy, best"] == "0.500 ± 0.010"
    assert row["Frechet distance, best"] == "3.000 ± 0.010"
    assert "a remark" in text and "the command" in text
    assert "with one seed, ± the 95% interval over sets of clips" in text
    real_scores = cells(text[text.index("Scores of real clips") :], "held-out sequences")
    assert real_scores["accuracy"] == real_scores["accuracy, ST-GCN"] == "0.800 ± 0.010"
    assert real_scores["multimodality"] == "1.500 ± 0.010"


def test_scores_of_real_clips_come_from_a_run_with_recognition(runs_dir):
    metrics = runs_dir / "synthetic-sagcn-0" / "metrics.json"
    without_recognition = {
        name: {key: value for key, value in of_one.items() if key != "recognition"}
        for name, of_one in json.loads(metrics.read_text()).items()
    }
    metrics.write_text(json.dumps(without_recognition))

    rows = measured.collect(RECOGNITION, "synthetic", [0, 1], runs_dir)
    both = report.notes(RECOGNITION, "synthetic", rows, runs_dir, "the command")
    rows[0]["runs"].pop()
    one = report.notes(RECOGNITION, "synthetic", rows, runs_dir, "the command")

    assert "held-out sequences" in both[-1]
    assert "Scores of real clips:" not in one
    assert cells(report.markdown(RECOGNITION, rows, one), "SA-GCN")["accuracy, best"] == "not run"


def test_reference_sets_follow_the_mmd(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0], runs_dir)

    notes = "\n".join(report.notes(TABLE, "synthetic", rows, runs_dir, "the command"))

    assert "| white noise | 0.100   | 0.200   |" in notes
    assert "1000 clips per class" in notes
    assert "; SA-GCN in float32. Command: `the command`" in notes


def test_all_three_files_have_the_same_results(runs_dir):
    rows = measured.collect(TABLE, "synthetic", [0, 1], runs_dir)

    markdown, table, values = report.write(runs_dir / "tables", "table1", TABLE, rows, ["notes"])

    assert "0.200 ± 0.100" in markdown.read_text() and "notes" in markdown.read_text()
    assert json.loads(values.read_text())["rows"] == rows
    with open(table, newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["seed"] for line in lines] == ["0", "1"]
    assert [float(line["best_mmd_avg"]) for line in lines] == [0.1, 0.3]
    assert [float(line["paper_mmd_avg"]) for line in lines] == [0.146, 0.146]
    assert lines[0]["best_step"] == "40"


def test_a_table_without_runs_is_written(tmp_path):
    rows = measured.collect(TABLE, "synthetic", [0], tmp_path)
    notes = report.notes(TABLE, "synthetic", rows, tmp_path, "the command")

    paths = report.write(tmp_path / "tables", "table1", TABLE, rows, notes)

    assert paths[0].read_text().count("not run") == 2
