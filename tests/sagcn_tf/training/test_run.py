import csv
import dataclasses
import json
import os
import re
import resource
import signal

import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from sagcn_tf import runs
from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import duration, evaluation, real_measurements, report, selection
from sagcn_tf.training import run
from sagcn_tf.training.reporter import Reporter
from sagcn_tf.training.run import train_run
from tests.small_data import small_config, small_data
from tests.systems import system_config

TIMES = ("steps_per_second", "clips_per_second", "seconds")
SHORT = {"clips_per_class": 2, "evaluate_every": 2}
CONFIG = small_config(steps=4, ema_decay=0.5, **SHORT)
# The system whose steps are traced in the shortest time.
QUICK = system_config("skeleton_vae", 4, **SHORT)


@pytest.fixture(scope="module")
def small_world():
    """Replaces prepared data with the small data, logs every step, and evaluates quickly."""
    step = Reporter.step

    def every_step(self, number, results):
        self.every = 1
        step(self, number, results)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(input_pipeline, "load", lambda *arguments: small_data())
        patch.setattr(selection, "CLIPS", 5)
        patch.setattr(real_measurements, "RESAMPLINGS", 2)
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


@pytest.fixture(scope="module")
def quick(small_world, tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("quick")
    assert train_run(QUICK, run_dir, run_dir / "data")
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


def assert_resumes_to(quick, small_world, run_dir):
    """The run goes on to the same history, best checkpoint and metrics."""
    with small_world.context() as patch:  # the measurements are cached since the first run
        patch.setattr(real_measurements, "measure_real_clips", None)
        assert train_run(QUICK, run_dir, quick / "data")
    assert rows(run_dir) == rows(quick)
    for name in ("metrics.json", "data.json"):
        assert (run_dir / name).read_bytes() == (quick / name).read_bytes()


def limit_file_size(size):
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def test_a_full_disk_and_a_signal_in_an_evaluation_change_nothing(small_world, quick, tmp_path):
    step = Reporter.step

    def fill(self, number, results):
        step(self, number, results)
        if number == 3:
            limit_file_size(4096)

    def stop(*arguments):
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("the evaluation went on")

    with small_world.context() as patch:
        patch.setattr(Reporter, "step", fill)
        full = "File too large.* Free some space .*the checkpoint of step 2 is kept"
        try:
            with pytest.raises(UserError, match=full):
                train_run(QUICK, tmp_path, quick / "data")
        finally:
            limit_file_size(resource.RLIM_INFINITY)
    with small_world.context() as patch:
        patch.setattr(selection.Selection, "measure", stop)
        assert not train_run(QUICK, tmp_path, quick / "data")
    assert (tmp_path / "checkpoints" / "last" / "ckpt-4.index").exists()

    assert_resumes_to(quick, small_world, tmp_path)


def test_a_resumed_run_has_the_history_of_an_uninterrupted_one(
    small_world, quick, tmp_path, capsys
):
    step = Reporter.step

    def stop_at_3(self, number, results):
        step(self, number, results)
        if number == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    QUICK.save(tmp_path / "config.json")
    with small_world.context() as patch:
        patch.setattr(Reporter, "step", stop_at_3)
        assert not train_run(QUICK, tmp_path, quick / "data")
    assert not (tmp_path / "metrics.json").exists()

    assert_resumes_to(quick, small_world, tmp_path)

    assert (
        f"{tmp_path}: skeleton_vae, preset paper, on synthetic, step 3 of 4"
        in capsys.readouterr().out
    )


@pytest.fixture(scope="module")
def events(finished):
    """What TensorBoard reads of the finished run."""
    accumulator = EventAccumulator(str(finished / "tensorboard"), {"tensors": 0})
    return accumulator.Reload()


def test_tensorboard_has_the_final_scores_of_the_run(finished, events):
    results = json.loads((finished / "metrics.json").read_text())["best"]

    for name, score in results["mmd"]["train"]["2"].items():
        (event,) = events.Tensors(f"final/best/{name}")
        assert event.step == results["step"]
        assert float(tf.make_ndarray(event.tensor_proto)) == pytest.approx(score["mean"])
    speed = results["motion"]["speed"]
    (event,) = events.Tensors("final/best/speed")
    expected = speed["generated"] / speed["train"]
    assert float(tf.make_ndarray(event.tensor_proto)) == pytest.approx(expected)


def test_tensorboard_knows_the_configuration_of_the_run(finished, events):
    (text,) = events.Tensors("configuration")
    text = tf.make_ndarray(text.tensor_proto).item().decode()
    assert "| attention_residual | none " in " ".join(text.split())
    assert "waves" not in text  # a field of other presets

    plugin = events.PluginTagToContent("hparams")
    session = HParamsPluginData.FromString(plugin["_hparams_/session_start_info"])
    experiment = HParamsPluginData.FromString(plugin["_hparams_/experiment"]).experiment
    values = session.session_start_info.hparams
    assert values["learning_rate"].number_value == CONFIG.learning_rate
    assert values["maps"].string_value == str(CONFIG.maps)
    assert values["loss"].string_value == CONFIG.loss
    assert session.session_start_info.group_name == finished.name
    assert set(values) <= {info.name for info in experiment.hparam_infos}
    assert {info.name.tag for info in experiment.metric_infos} >= {
        tag for tag in events.Tags()["tensors"] if tag.startswith("final/")
    }


def test_tensorboard_draws_the_generator_and_opens_on_its_charts(events):
    graph = events.Graph()
    names = {node.name for node in graph.node}
    names |= {node.name for function in graph.library.function for node in function.node_def}
    assert any("graph_refinement" in name for name in names)

    (layout,) = events.Tensors("custom_scalars__config__")
    layout = Layout.FromString(tf.make_ndarray(layout.tensor_proto).item())
    tags = [tag for tag in events.Tags()["tensors"] if tag.startswith(("health/", "quality/"))]
    charts = [chart for category in layout.category for chart in category.chart]
    drawn = {tag for chart in charts for tag in tags if re.match(chart.multiline.tag[0], tag)}
    left_out = {"health/seconds", "quality/distance_to_nearest_training_clip"}
    assert set(tags) - drawn == left_out
    assert [category.title for category in layout.category] == ["quality", "health"]


@pytest.mark.parametrize(("steps", "sizes"), [(999, [100]), (1000, [100, 700])])
def test_a_trial_is_measured_quickly_and_the_time_is_said_before(
    monkeypatch, tmp_path, capsys, steps, sizes
):
    measured = []

    def evaluate(model, data, frames, clips_per_class, real):
        said = f"evaluating on {sizes[-1]} clips per class, about 3 minutes. The run is complete"
        assert said in capsys.readouterr().out
        measured.extend(sorted(clips_per_class))

    for name in ("cached_real_measurements", "draw_samples", "write_final_metrics"):
        monkeypatch.setattr(run, name, lambda *given: [])
    monkeypatch.setattr(runs, "open_run", lambda *given: (None, None, None))
    monkeypatch.setattr(duration, "seconds_of_evaluation", lambda *given: 200.0)
    monkeypatch.setattr(evaluation, "evaluate_model", evaluate)
    monkeypatch.setattr(report, "write_metrics", lambda *given: "metrics.json")
    monkeypatch.setattr(report, "format_results", str)

    config = dataclasses.replace(CONFIG, steps=steps, clips_per_class=700)
    run._finish(config, small_data(), tmp_path, tmp_path, measure=True)
    assert measured == sizes
    run._finish(config, small_data(), tmp_path, tmp_path, measure=False)
    assert measured == sizes
