import dataclasses

import pytest

from sagcn_tf import runs
from sagcn_tf.config import Config
from sagcn_tf.data import input_pipeline
from sagcn_tf.evaluation import real_measurements, selection
from sagcn_tf.evaluation.report import read_metrics, write_metrics
from sagcn_tf.reproduction import measured, runner
from sagcn_tf.reproduction.tables import TABLES
from sagcn_tf.runs import CHECKPOINTS
from tests.small_data import FRAMES, small_data

# A row of table 1, with clips as short as those of the small data.
ROWS = [
    dataclasses.replace(row, settings={"frames": FRAMES})
    for row in TABLES[1].rows
    if row.key == "skeleton_vae"
]


@pytest.fixture(scope="module")
def here():
    """Uses the small data set, a quick evaluation, and no child processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(input_pipeline, "load", lambda *arguments: small_data())
        patch.setattr(selection, "CLIPS", 5)
        patch.setattr(real_measurements, "RESAMPLINGS", 1)
        patch.setattr(runner, "run_in_child_process", lambda function, *given: function(*given))
        yield patch


def plan(folder, **budget):
    logged = []
    given = ROWS, "synthetic", [0], runner.Budget(**budget), folder, "unused", None
    return runner.plan(*given, logged.append), logged


def test_a_row_is_trained_and_evaluated_once(here, tmp_path):
    (planned,), logged = plan(tmp_path, steps=3)
    config = Config.load(planned.run_dir / "config.json")
    assert (config.model, config.steps) == ("skeleton_vae", 3)
    left = f"SkeletonVAE, seed 0: 3 steps, {planned.seconds / 60:.0f} minutes left, then about "
    assert len(logged) == 1 and logged[0].startswith(left)
    assert not runner.finished(planned.run_dir)

    assert runner.train(planned, "unused", None)
    assert runner.finished(planned.run_dir)
    assert (planned.run_dir / "samples/film_strips.png").exists()
    assert plan(tmp_path, steps=9)[0][0].seconds == 0  # it keeps its own number of steps

    assert measured.collect(TABLES[1], "synthetic", [0], tmp_path)[3]["runs"] == []
    for checkpoint in CHECKPOINTS:
        assert not runner.measured(planned.run_dir, checkpoint, with_recognition=False)
        runner.measure(planned, checkpoint, [4], tmp_path / "data", None, tmp_path / "none")
        assert runner.measured(planned.run_dir, checkpoint, with_recognition=False)
        assert not runner.measured(planned.run_dir, checkpoint, with_recognition=True)
    rows = measured.collect(TABLES[1], "synthetic", [0], tmp_path)
    assert [row["key"] for row in rows if row["runs"]] == ["skeleton_vae"]


@pytest.mark.parametrize(("last", "evaluated"), [(3, []), (4, ["last"])])
def test_the_last_step_is_not_evaluated_again_if_it_is_the_best(here, tmp_path, last, evaluated):
    for checkpoint, step in (("best", 3), ("last", last)):
        folder = runs.checkpoint_dir(tmp_path, checkpoint)
        folder.mkdir(parents=True)
        (folder / f"ckpt-{step}.index").touch()
    results = {"clips_per_class": [4], "motion": {}}
    results["mmd"] = {"train": {"4": {"mmd_seq": {"mean": 0.5}}}}
    write_metrics(tmp_path, "best", results)
    asked = []
    with here.context() as patch:
        patch.setattr(
            runner, "evaluate_in_folder", lambda _, checkpoint, *others: asked.append(checkpoint)
        )
        runner.measure(
            runner.PlannedRun(ROWS[0], 0, tmp_path, 0), "last", [4], "unused", None, "none"
        )

    assert asked == evaluated
    if not evaluated:
        assert read_metrics(tmp_path)["last"] == {"step": 3, **results}
        assert list((tmp_path / "tensorboard").glob("*.final-last"))


def test_minutes_are_converted_to_steps(here, tmp_path):
    with here.context() as patch:
        patch.setattr(runner, "seconds_of_first_steps", lambda *given: (20.0, 0.25, 3.0, 600.0))
        (planned,), (line,) = plan(tmp_path, minutes=5)

    config = Config.load(planned.run_dir / "config.json")
    assert config.steps == (5 * 60 - 20 - runner.EVALUATIONS * 3) / 0.25
    assert line.endswith("5 minutes left, then about 10 minutes to measure it")
    assert config.evaluate_every == config.steps // runner.EVALUATIONS
    assert planned.seconds == pytest.approx(5 * 60)


@pytest.mark.parametrize("key", ["sagcn", "c_skeleton_gan"])
@pytest.mark.parametrize("step_seconds", [0.237, 2.6, 70.0])
def test_a_run_limited_by_minutes_ends_with_an_evaluation(here, tmp_path, key, step_seconds):
    rows = [row for row in TABLES[1].rows if row.key == key]
    with here.context() as patch:
        patch.setattr(runner, "seconds_of_first_steps", lambda *given: (0, step_seconds, 3.0, 1))
        given = rows, "human36m", [0], runner.Budget(minutes=5), tmp_path, "unused", None
        (planned,) = runner.plan(*given, lambda line: None)

    config = Config.load(planned.run_dir / "config.json")
    fitting = (5 * 60 - runner.EVALUATIONS * 3) / step_seconds
    assert config.steps % config.evaluate_every == 0
    assert fitting + 0.5 >= config.steps > 0.9 * (fitting - 0.5)
    assert key == "sagcn" or 0 < config.pose_steps < config.steps


def test_the_pose_stage_keeps_its_share_of_the_steps(here, tmp_path):
    rows = [row for row in TABLES[1].rows if row.key == "c_skeleton_gan"]
    with here.context() as patch:
        patch.setattr(runner, "seconds_of_first_steps", lambda *given: (0.0, 0.1, 0.0, 0.0))
        given = rows, "human36m", [0], runner.Budget(steps=900), tmp_path, "unused", None
        (planned,) = runner.plan(*given, lambda line: None)

    assert Config.load(planned.run_dir / "config.json").pose_steps == 800
