import pathlib
import subprocess
import sys

import pytest

from sagcn_tf import train_classifier
from sagcn_tf.classification import classifiers, training
from sagcn_tf.data import input_pipeline
from tests.swinging_data import FRAMES, small_data

ROOT = pathlib.Path(__file__).parents[2]
DATA = small_data()


@pytest.fixture
def quick(monkeypatch):
    """Recognisers that are measured on few clips and trained in no step; the kinds trained."""
    trained = []

    def no_steps(data, frames, kind):
        trained.append(kind)
        network = classifiers.new_network(kind, data, frames)
        facts = {"kind": kind, "frames": frames, "data": data.describe()}
        facts["clip_shape"] = [frames, *data.mean.shape]
        untrained = classifiers.TrainedRecogniser(kind, network, {}, facts)
        return training._measured(untrained, data, data, show_progress=False)

    monkeypatch.setattr(classifiers, "SEEDS", 2)
    monkeypatch.setattr(classifiers, "CLIPS_PER_CLASS", 4)
    monkeypatch.setattr(training, "REFERENCE_CLIPS", 4)
    monkeypatch.setattr(training, "train_recogniser", no_steps)
    monkeypatch.setattr(input_pipeline, "load", lambda *_: DATA)
    return trained


def test_recognisers_are_trained_once_and_shown_with_what_real_clips_score(quick, tmp_path):
    first = train_classifier.train_recognisers("small", "data", None, tmp_path, FRAMES)
    again = train_classifier.train_recognisers("small", "data", None, tmp_path, FRAMES)

    assert quick == ["d_v", "st_gcn"]
    assert first == again
    assert list(classifiers.open_recognisers(tmp_path, DATA, FRAMES)) == ["d_v", "st_gcn"]
    for words in ("| D_V ", "| ST-GCN ", "held out", "test subjects", str(tmp_path)):
        assert words in first


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--recogniser_dir"),
        (["--dataset=mnist"], "motion_folder>"),
        (["--dataset=motion_folder"], "error: --dataset=motion_folder needs --manual_dir=DIR"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    command = [sys.executable, "-X", "importtime", "-m", "sagcn_tf.train_classifier", *flags]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "| tensorflow" not in result.stderr
