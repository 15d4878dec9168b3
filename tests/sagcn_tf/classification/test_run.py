import pytest

from sagcn_tf.classification import scores, training
from sagcn_tf.classification.run import train_missing
from sagcn_tf.classification.storage import open_classifiers
from sagcn_tf.classification.trained_classifier import TrainedClassifier, new_network
from tests.swinging_data import FRAMES, small_data

DATA = small_data()


@pytest.fixture
def quick(monkeypatch):
    """`(kinds, train)`: a function without training steps, and the kinds it was called for."""
    trained = []

    def no_steps(data, frames, kind, unfinished):
        trained.append(kind)
        network = new_network(kind, data, frames)
        facts = {"kind": kind, "frames": frames, "data": data.describe()}
        facts["clip_shape"] = [frames, *data.mean.shape]
        untrained = TrainedClassifier(kind, network, {}, facts)
        return training._score_real_clips(untrained, data, data, show_progress=False)

    monkeypatch.setattr(scores, "SEEDS", 2)
    monkeypatch.setattr(scores, "CLIPS_PER_CLASS", 4)
    monkeypatch.setattr(training, "REFERENCE_CLIPS", 4)
    return trained, no_steps


def test_classifiers_are_trained_once_and_reported_with_scores_of_real_clips(quick, tmp_path):
    trained, no_steps = quick

    first = train_missing(DATA, FRAMES, tmp_path, no_steps)
    again = train_missing(DATA, FRAMES, tmp_path, no_steps)

    assert trained == ["d_v", "st_gcn"]
    assert first == again
    assert list(open_classifiers(tmp_path, DATA, FRAMES)) == ["d_v", "st_gcn"]
    for words in ("| D_V ", "| ST-GCN ", "held out", "test subjects", str(tmp_path)):
        assert words in first
