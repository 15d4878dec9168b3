import types

import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.human_study import preparation
from sagcn_tf.human_study.study import REAL
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_config, small_data

SETTINGS = {"seed": 3, "judgments": 6, "raters_per_clip": 2, "simulated": False}
CONFIG = small_config("tuned")


class Run:
    """A run whose clips are a number of their class and seed."""

    def __init__(self, run_dir, checkpoint):
        self.data, self.config = small_data(), CONFIG

    def generate(self, name, count, seed, progress):
        size = 100 * CLASS_NAMES.index(name) + seed + np.arange(count)
        return np.ones((count, FRAMES, SKELETON.num_joints, 2)) * size[:, None, None, None]


@pytest.fixture(autouse=True)
def small_runs(monkeypatch):
    monkeypatch.setattr(preparation, "load_as_trained", lambda *arguments: small_data())
    monkeypatch.setattr(preparation, "TrainedRun", Run)
    opened = types.SimpleNamespace(
        read_config=lambda run_dir: CONFIG,
        read_data=lambda run_dir: small_data(),
        checkpoint_step=lambda run_dir, checkpoint: 8,
    )
    monkeypatch.setattr(preparation, "runs", opened)


def prepare(*run_dirs):
    return preparation.prepare(run_dirs, "best", "data", None, 2, **SETTINGS)


def test_a_study_has_the_clips_of_its_runs_and_real_ones():
    study = prepare("runs/one", "runs/two")

    assert [system["key"] for system in study.systems] == ["one", "two"]
    assert study.systems[0] == {
        "key": "one",
        "model": "sagcn",
        "preset": "tuned",
        "checkpoint": "best",
        "step": 8,
    }
    assert study.keys[:12] == ["one"] * 6 + ["two"] * 6 and set(study.keys[12:]) == {REAL}
    assert study.labels[:6] == [0, 0, 1, 1, 2, 2]
    np.testing.assert_array_equal(study.motion[:6, 0, 0, 0], [3, 4, 103, 104, 203, 204])
    assert len(study.keys) == len(study.motion) == len(study.labels)
    assert len(study.references) == len(CLASS_NAMES)
    assert study.motion[12:].std() > 1  # in the unit of the data


def test_a_run_can_take_part_only_once():
    with pytest.raises(UserError, match="two systems are named 'small'"):
        prepare("a/small", "b/small")


def test_runs_on_other_data_are_refused(monkeypatch):
    monkeypatch.setattr(preparation, "load_as_trained", lambda *arguments: small_data(3))

    with pytest.raises(UserError, match="was trained on other data"):
        prepare("one")
