import dataclasses
import json
import shutil

import pytest

from sagcn_tf.classification import scores
from sagcn_tf.classification.storage import classifier_folder, save
from sagcn_tf.classification.trained_classifier import TrainedClassifier, flat, new_network
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.run import evaluate_run
from sagcn_tf.metrics.frechet_distance import gaussian
from tests.place_classifier import place_classifier
from tests.small_data import FRAMES, small_data
from tests.small_export import small_run

DATA = small_data()


@pytest.fixture(autouse=True, scope="module")
def few_draws():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "SEEDS", 2)
        patch.setattr(scores, "CLIPS_PER_CLASS", 5)
        patch.setattr(real_measurements, "RESAMPLINGS", 2)
        yield


@pytest.fixture
def run(tmp_path):
    """A copy of a trained run, without metrics."""
    run_dir = shutil.copytree(small_run(), tmp_path / "run")
    (run_dir / "metrics.json").unlink()
    return run_dir


def evaluate(run_dir, tmp_path, data=DATA):
    return evaluate_run(run_dir, "best", data, [4], tmp_path / "data", tmp_path / "classifiers")


def test_results_are_returned_as_text_and_written(run, tmp_path):
    text = evaluate(run, tmp_path)

    metrics = json.loads((run / "metrics.json").read_text())
    assert list(metrics) == ["best"]
    score = metrics["best"]["mmd"]["train"]["4"]["mmd_avg"]
    assert f"{score['mean']:.3f} ± {score['std']:.3f}" in text
    assert "white noise" in text and "speed" in text
    assert text.endswith(f"written to {run / 'metrics.json'}")


def test_a_missing_classifier_is_named_with_the_command_that_trains_it(run, tmp_path):
    text = evaluate(run, tmp_path)

    assert "recognition" not in json.loads((run / "metrics.json").read_text())["best"]
    line = next(line for line in text.splitlines() if line.startswith("not measured"))
    assert line.startswith("not measured: recognition by d_v and st_gcn")
    command = f"python -m sagcn_tf.train_classifier --dataset={DATA.dataset} --frames={FRAMES}"
    assert command in line


def test_existing_classifiers_are_used(run, tmp_path):
    facts = place_classifier(DATA, FRAMES, kind="st_gcn").facts
    classifier = TrainedClassifier("st_gcn", new_network("st_gcn", DATA, FRAMES), {}, facts)
    _, features = classifier.classify(flat(evaluation_clips(DATA, "train", 5, 0, FRAMES)))
    references = dict.fromkeys(("train", "test"), gaussian(features))
    folder = classifier_folder(tmp_path / "classifiers", "st_gcn", DATA, FRAMES)
    save(dataclasses.replace(classifier, references=references), folder)

    text = evaluate(run, tmp_path)

    recognition = json.loads((run / "metrics.json").read_text())["best"]["recognition"]
    accuracy = recognition["classifiers"]["st_gcn"]["generated"]["accuracy"]
    assert f"{accuracy['mean']:.3f} ± {accuracy['interval']:.3f}" in text
    assert "not measured: recognition by d_v. " in text


def test_different_data_are_refused(run, tmp_path):
    other = dataclasses.replace(DATA, mean=DATA.mean + 1)

    with pytest.raises(UserError, match="--data_dir=.*data contains different data than"):
        evaluate(run, tmp_path, other)

    assert not (run / "metrics.json").exists()
