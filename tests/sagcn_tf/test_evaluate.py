import dataclasses
import json
import pathlib
import subprocess
import sys
import types

import pytest

from sagcn_tf import evaluate, runs
from sagcn_tf.classification import classifiers
from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from tests.place_recogniser import place_recogniser
from tests.swinging_data import FRAMES, SmallModel, small_data

ROOT = pathlib.Path(__file__).parents[2]
DATA = small_data()
CONFIG = types.SimpleNamespace(dataset="small", frames=FRAMES)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """A folder that opens as the run of a small model."""
    described = input_pipeline.MotionData.from_description(DATA.describe())
    monkeypatch.setattr(runs, "read_config", lambda run_dir: CONFIG)
    monkeypatch.setattr(
        runs, "open_run", lambda run_dir, checkpoint: (SmallModel(DATA), described, CONFIG)
    )
    monkeypatch.setattr(input_pipeline, "load", lambda dataset, data_dir, manual_dir: DATA)
    return tmp_path


def command_line(*arguments):
    command = [sys.executable, "-X", "importtime", "-m", "sagcn_tf.evaluate", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_run_is_measured_printed_and_written(run):
    text = evaluate.evaluate_run(run, "last", run / "data", None, [10], run / "recognisers")
    metrics = json.loads((run / "metrics.json").read_text())
    assert list(metrics) == ["last"]
    score = metrics["last"]["mmd"]["train"]["10"]["mmd_avg"]
    assert f"{score['mean']:.3f} ± {score['std']:.3f}" in text
    assert "white noise" in text and "speed" in text
    assert text.endswith(f"written to {run / 'metrics.json'}")


def test_a_missing_recogniser_is_said_with_the_command_that_trains_it(run):
    text = evaluate.evaluate_run(run, "last", run / "data", None, [10], run / "recognisers")
    assert "recognition" not in json.loads((run / "metrics.json").read_text())["last"]
    line = next(line for line in text.splitlines() if line.startswith("not measured"))
    assert line.startswith("not measured: recognition by d_v and st_gcn")
    assert f"python -m sagcn_tf.train_classifier --dataset=small --frames={FRAMES}" in line


def test_recognisers_that_are_there_are_used(run, monkeypatch):
    opened = {"st_gcn": place_recogniser(DATA, FRAMES, kind="st_gcn")}

    def open_recognisers(recogniser_dir, data, frames):
        assert (recogniser_dir, data, frames) == ("folder", DATA, FRAMES)
        return opened

    monkeypatch.setattr(classifiers, "open_recognisers", open_recognisers)
    text = evaluate.evaluate_run(run, "last", run / "data", None, [10], "folder")
    scores = json.loads((run / "metrics.json").read_text())["last"]["recognition"]
    accuracy = scores["recognisers"]["st_gcn"]["generated"]["accuracy"]
    assert f"{accuracy['mean']:.3f} ± {accuracy['interval']:.3f}" in text
    assert "not measured: recognition by d_v. " in text


def test_a_motion_folder_has_to_be_given_again(run, monkeypatch):
    config = types.SimpleNamespace(dataset="motion_folder", frames=FRAMES)
    monkeypatch.setattr(runs, "read_config", lambda run_dir: config)

    with pytest.raises(UserError, match="--dataset=motion_folder needs --manual_dir=DIR"):
        evaluate.evaluate_run(run, "best", run / "data", None, [10], "recognisers")


def test_other_data_than_those_trained_on_are_refused(run, monkeypatch):
    other = dataclasses.replace(DATA, mean=DATA.mean + 1)
    monkeypatch.setattr(input_pipeline, "load", lambda *arguments: other)
    with pytest.raises(UserError, match="--data_dir=.*data holds other data than"):
        evaluate.evaluate_run(run, "best", run / "data", None, [10], "recognisers")
    assert not (run / "metrics.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--help"], "--checkpoint: <best|last>"),
        ([], "run_dir must have a value"),
        (["--run_dir=x", "--checkpoint=first"], "best|last"),
        (["--run_dir=x", "--clips_per_class=1"], "whole numbers from 2 to 2000"),
        (["--run_dir=x", "--clips_per_class=10,many"], "whole numbers from 2 to 2000"),
        (["--run_dir=missing"], "error: --run_dir=missing is not a run"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(arguments, message):
    result = command_line(*arguments)
    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "| tensorflow" not in result.stderr
