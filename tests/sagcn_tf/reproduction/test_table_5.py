import csv
import json

import pytest

from sagcn_tf.human_study.records import Records
from sagcn_tf.human_study.report import NOT_COLLECTED
from sagcn_tf.reproduction.table_5 import write_table_5
from tests.small_study import simulated_ratings, small_study

NAMES = ["simulated-1", "simulated-2", "simulated-3"]


def written(paths):
    with open(paths[1], newline="") as file:
        rows = {row["title"]: row for row in csv.DictReader(file)}
    return paths[0].read_text(), rows, json.loads(paths[2].read_text())


def test_without_a_study_the_table_has_the_papers_results_only(tmp_path):
    text, rows, _ = written(write_table_5(None, tmp_path))

    assert text.count(NOT_COLLECTED) == 6
    assert rows["SA-GCN"]["paper"] == "3.925" and rows["SA-GCN"]["mean"] == ""


def test_a_study_without_raters_was_not_collected(tmp_path):
    small_study().save(tmp_path)

    text, rows, _ = written(write_table_5(tmp_path, tmp_path))

    assert f"Ratings: {NOT_COLLECTED}." in text
    assert rows["SA-GCN"]["mean"] == ""


@pytest.mark.parametrize("simulated", [True, False])
def test_ratings_stand_beside_the_papers_and_simulated_ones_are_marked(tmp_path, simulated):
    study = small_study(simulated=simulated)
    study.save(tmp_path)
    records = Records(tmp_path)
    for (rater, judgment), one in simulated_ratings(study, NAMES).items():
        records.add(rater, judgment, **{k: one[k] for k in ("clip", "kind", "rating")})

    text, rows, facts = written(write_table_5(tmp_path, tmp_path))

    assert rows["SA-GCN"]["key"] == "good" and rows["SkeletonVAE"]["key"] == "bad"
    assert float(rows["SA-GCN"]["mean"]) > float(rows["SkeletonVAE"]["mean"]) + 1
    assert float(rows["real clips"]["mean"]) > 4
    assert facts["simulated"] is simulated and rows["SA-GCN"]["simulated"] == str(simulated)
    assert ("SIMULATED: these ratings come from a program" in text) is simulated
    assert ("mean, SIMULATED" in text) is simulated
