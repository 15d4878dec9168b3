import csv
import dataclasses
import json
import os
import signal

import pytest

from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import evaluation, real_measurements
from sagcn_tf.training.reporter import Reporter
from sagcn_tf.training.run import train_run
from tests.small_data import small_config, small_data

TIMES = ("steps_per_second", "seconds")
CONFIG = small_config(steps=4, clips_per_class=2, evaluate_every=2, ema_decay=0.5)


@pytest.fixture(scope="module")
def small_world():
    """Replaces prepared data with the small data, logs every step, and evaluates quickly."""
    step = Reporter.step

    def every_step(self, number, results):
        self.every = 1
        step(self, number, results)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(input_pipeline, "load", lambda *arguments: small_data())
        patch.setattr(evaluation, "SELECTION_CLIPS", 5)
        patch.setattr(Reporter, "step", every_step)
        yield patch


def rows(run_dir):
    with open(run_dir / "history.csv", newline="") as file:
        return [
            {name: value for name, value in row.items() if name not in TIMES}
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def finished(small_world, tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("finished")
    CONFIG.save(run_dir / "config.json")
    assert train_run(CONFIG, run_dir, run_dir / "data")
    return run_dir


def test_a_finished_run_has_weights_metrics_and_pictures(finished):
    assert json.loads((finished / "data.json").read_text()) == small_data().describe()
    assert json.loads((finished / "metrics.json").read_text())
    for name in ("samples/motion.gif", "samples/film_strips.png", "samples/curves.png"):
        assert (finished / name).stat().st_size > 1000
    assert list((finished / "checkpoints" / "best").glob("*.index"))
    assert [row["step"] for row in rows(finished)] == ["1", "2", "3", "4"]


def test_a_run_is_not_resumed_with_different_data(small_world, finished):
    other = dataclasses.replace(small_data(), fingerprint="of changed files")
    before = (finished / "data.json").read_bytes()

    with small_world.context() as patch:
        patch.setattr(input_pipeline, "load", lambda *arguments: other)
        with pytest.raises(UserError, match="was started with different data .* another --run_dir"):
            train_run(CONFIG, finished, "unused")

    assert (finished / "data.json").read_bytes() == before


def test_data_without_clips_of_a_class_are_refused_and_nothing_is_written(small_world, tmp_path):
    data = dataclasses.replace(small_data(), class_names=["waving", "bowing", "stepping", "flying"])

    with small_world.context() as patch:
        patch.setattr(input_pipeline, "load", lambda *arguments: data)
        with pytest.raises(UserError, match="the train split has no sequence of flying"):
            train_run(CONFIG, tmp_path, "unused")
    left = {path.name for path in tmp_path.iterdir()}
    assert not left & {"config.json", "data.json", "checkpoints", "history.csv"}


def test_a_resumed_run_has_the_history_of_an_uninterrupted_one(
    small_world, finished, tmp_path, capsys
):
    step = Reporter.step

    def stop_at_3(self, number, results):
        step(self, number, results)
        if number == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    CONFIG.save(tmp_path / "config.json")
    with small_world.context() as patch:
        patch.setattr(Reporter, "step", stop_at_3)
        assert not train_run(CONFIG, tmp_path, finished / "data")
    assert not (tmp_path / "metrics.json").exists()

    with small_world.context() as patch:  # the measurements are cached since the first run
        patch.setattr(real_measurements, "measure_real_clips", None)
        assert train_run(CONFIG, tmp_path, finished / "data")

    assert f"{tmp_path}: sagcn, preset paper, on synthetic, step 3 of 4" in capsys.readouterr().out
    assert rows(tmp_path) == rows(finished)
    metrics = [json.loads((path / "metrics.json").read_text()) for path in (tmp_path, finished)]
    assert metrics[0] == metrics[1]
