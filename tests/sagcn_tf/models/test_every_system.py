"""Tests that each system of `SYSTEMS` must pass. A new one is tested by its name.

Steps run eagerly, which takes a fraction of the time of tracing them. Traced steps have tests of
their own, beside the trainer and the systems.
"""

import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.evaluation import evaluation, real_measurements
from sagcn_tf.exporting.served_model import ServedModel
from sagcn_tf.files import write_json
from sagcn_tf.models.systems import SYSTEMS
from sagcn_tf.training import board_tags
from tests.every_system_on_two_replicas import TRAINED
from tests.recorded_trainer import RecordedTrainer
from tests.rounding import assert_same_clips
from tests.small_data import CLASS_NAMES, SKELETON, small_data
from tests.systems import STEPS, eager_functions, system_config

ROOT = pathlib.Path(__file__).parents[3]
CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints
LABEL = np.eye(CLASSES, dtype=np.float32)[[0, 1, 2, 1, 0]]
SEED = np.array([5, 5, 6, 2**31 - 1, 0], np.int32)
KEPT = 4  # steps that a run had done when it was interrupted
FRAMES = 4


def make_trainer(name, run_dir, at_step=lambda step: None):
    return RecordedTrainer(system_config(name, frames=FRAMES), run_dir, at_step)


@pytest.fixture(scope="module", params=SYSTEMS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def trainer(name, tmp_path_factory):
    """The trainer of a finished run of each system; its folder can be opened."""
    run_dir = tmp_path_factory.mktemp(name)
    config = system_config(name, frames=FRAMES)
    config.save(run_dir / "config.json")
    write_json(run_dir / "data.json", small_data().describe())

    def keep(step):
        if step == KEPT + 1:
            shutil.copytree(run_dir / "checkpoints", run_dir / "interrupted" / "checkpoints")

    trainer = make_trainer(name, run_dir, keep)
    with eager_functions():
        assert trainer.train()
    return trainer


@pytest.fixture(scope="module")
def sampler(trainer):
    """The model of the run, opened as any command opens it."""
    return runs.open_run(trainer.run_dir, "last")[0]


def test_every_step_reports_finite_numbers_that_change(trainer):
    assert [step for step, _ in trainer.recorder.steps] == list(range(1, STEPS + 1))
    for _, results in trainer.recorder.steps:
        assert any("loss" in name for name in results)
        assert np.isfinite(list(results.values())).all()
    shown = {name for _, results in trainer.recorder.steps for name in results}
    assert shown.issuperset(trainer.model.progress) and trainer.model.progress
    assert all(board_tags.describe(f"health/{name}") for name in shown), shown


def test_training_moves_what_is_sampled(trainer):
    fresh = runs.new_model(trainer.config, small_data())

    pairs = zip(fresh.sampled_weights, trainer.model.sampled_weights, strict=True)
    assert any(not np.array_equal(new.numpy(), trained.numpy()) for new, trained in pairs)


def test_motion_has_its_shape_and_depends_on_label_and_seed(sampler):
    motion = sampler.generate(LABEL, SEED).numpy()

    assert motion.shape == (5, FRAMES, JOINTS, 2) and motion.dtype == np.float32
    assert np.isfinite(motion).all()
    assert not np.allclose(motion[0], motion[1])  # another class, the same seed
    assert not np.allclose(motion[1], motion[3])  # the same class, another seed


def test_a_mixture_of_classes_is_a_label(sampler):
    mixture = np.full([2, CLASSES], 1 / CLASSES, np.float32)

    assert np.isfinite(sampler.generate(mixture, SEED[:2])).all()


def test_a_row_depends_on_itself_alone(sampler):
    together = sampler.generate(LABEL, SEED).numpy()

    for row in range(len(SEED)):
        alone = sampler.generate(LABEL[row : row + 1], SEED[row : row + 1]).numpy()
        assert_same_clips(alone[0], together[row])


def test_what_is_opened_is_what_was_trained(trainer, sampler):
    expected = trainer.model.generate(LABEL, SEED).numpy()

    np.testing.assert_array_equal(sampler.generate(LABEL, SEED), expected)


def test_an_interrupted_run_ends_with_the_same_weights(name, trainer):
    resumed = make_trainer(name, trainer.run_dir / "interrupted")
    with eager_functions():
        assert resumed.train()

    assert resumed.recorder.steps == trainer.recorder.steps[KEPT:]
    for one, two in zip(trainer.model.weights, resumed.model.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy(), one.path)


def test_a_run_is_measured(sampler, monkeypatch):
    monkeypatch.setattr(real_measurements, "RESAMPLINGS", 2)
    results = evaluation.evaluate_model(sampler, small_data(), FRAMES, [4], show_progress=False)

    scores = results["mmd"]
    assert set(scores) - {"train", "test"} == ({"predicted"} if sampler.given_frames else set())
    for of_split in scores.values():
        assert 0 < of_split["4"]["mmd_seq"]["mean"] < np.inf
    assert all(0 < of["generated"] < np.inf for of in results["motion"].values())


def test_an_export_answers_as_the_model_does(sampler, tmp_path):
    ServedModel(sampler, small_data()).save(tmp_path / "1")

    loaded = tf.saved_model.load(str(tmp_path / "1")).signatures["generate"]
    answer = loaded(label=tf.constant([0, 1, 2, 1, 0]), seed=tf.constant(SEED))

    expected = small_data().unstandardize(sampler.generate(LABEL, SEED).numpy())
    np.testing.assert_allclose(answer["motion"], expected, atol=1e-5)


@pytest.fixture(scope="module")
def on_replicas(tmp_path_factory):
    """What tests/every_system_on_two_replicas.py saved."""
    folder = tmp_path_factory.mktemp("replicas")
    command = [sys.executable, "-m", "tests.every_system_on_two_replicas", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return dict(np.load(folder / "results.npz", allow_pickle=False))


@pytest.mark.slow
@pytest.mark.parametrize("model", TRAINED)
def test_two_replicas_hold_the_same_weights_and_begin_as_one_does(on_replicas, model):
    assert on_replicas[f"{model}/same"]
    for name, value in on_replicas.items():
        system, replicas, step, *rest = f"{name}///".split("/", 3)
        # Later steps may differ: Adam turns tiny differences of a gradient into whole steps.
        if (system, replicas, step) == (model, "1", "1") and "norm" not in name:
            rest = rest[0].rstrip("/")
            np.testing.assert_allclose(
                on_replicas[f"{model}/2/1/{rest}"], value, rtol=1e-4, atol=1e-5, err_msg=name
            )
