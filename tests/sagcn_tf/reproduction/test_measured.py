import json

from sagcn_tf.reproduction import measured
from tests.runs_of_a_table import RECOGNITION, TABLE, results, write_run


def test_results_are_those_of_the_most_clips_with_their_spread(tmp_path):
    write_run(tmp_path, 0, best=0.1, last=0.2)

    sagcn, epva = measured.collect(TABLE, "synthetic", [0], tmp_path)

    (run,) = sagcn["runs"]
    assert run["best"]["mmd_avg"] == 0.1 and run["best"]["mmd_avg_std"] == 0.001
    assert run["last"]["mmd_seq"] == 0.4 and run["clips_per_class"] == 1000
    assert run["best"]["speed_ratio"] == 0.5 and run["minutes"] == 5
    assert epva["runs"] == [] and epva["published"] == {"mmd_avg": 0.9}


def test_recognition_has_an_interval(tmp_path):
    write_run(tmp_path, 0, best=0.1, last=0.2)

    ((run,),) = [row["runs"] for row in measured.collect(RECOGNITION, "synthetic", [0], tmp_path)]

    assert run["best"]["st_gcn_accuracy"] == 0.5
    assert run["best"]["st_gcn_accuracy_interval"] == 0.01


def test_results_that_were_not_measured_are_absent(tmp_path):
    write_run(tmp_path, 0, best=0.1, last=0.2)
    path = tmp_path / "synthetic-sagcn-0" / "metrics.json"
    without_recognition = {**results(0.1), "recognition": {}}
    path.write_text(json.dumps({"best": without_recognition, "last": without_recognition}))

    ((run,),) = [row["runs"] for row in measured.collect(RECOGNITION, "synthetic", [0], tmp_path)]

    assert "accuracy" not in run["best"] and run["best"]["speed_ratio"] == 0.5


def test_a_run_with_one_evaluated_checkpoint_is_absent(tmp_path):
    write_run(tmp_path, 0, best=0.1, last=0.2)
    path = tmp_path / "synthetic-sagcn-0" / "metrics.json"
    path.write_text(json.dumps({"best": results(0.1)}))

    assert measured.collect(TABLE, "synthetic", [0], tmp_path)[0]["runs"] == []
