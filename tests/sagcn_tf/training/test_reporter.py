import csv
import io
import types

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from sagcn_tf.evaluation import evaluation
from sagcn_tf.training.reporter import Reporter
from tests.small_data import FRAMES, small_data


class FakeModel:
    """Generates real training clips plus `error`, so the MMD grows with `error`."""

    attends = True

    def __init__(self, error=0.0):
        self.error = error
        self.clips = evaluation.evaluation_clips(small_data(), "train", 100, seed=3, frames=FRAMES)

    def generate(self, label, seed):
        seed = np.asarray(seed) % self.clips.shape[1]
        return tf.constant(self.clips[np.argmax(label, axis=1), seed] + np.float32(self.error))

    def attend(self, label, seed):
        batch = len(label)
        kept = np.tile(np.maximum(np.arange(FRAMES)[:, None] - np.arange(4), -1), [batch, 1, 1])
        attention = np.tril(np.ones([batch, FRAMES, FRAMES], np.float32))
        return {
            "motion": self.generate(label, seed),
            "attention": tf.constant(attention / attention.sum(axis=2, keepdims=True)),
            "kept": tf.constant(kept.astype(np.int32)),
        }


def results_of(step):
    return {"D_V/loss": 1.0 / step, "G/loss_D_V": 0.1 + step}


def report(reporter, steps, evaluate_at=()):
    for step in steps:
        reporter.step(step, results_of(step))
        if step in evaluate_at:
            reporter.evaluation(step, FakeModel(error=step / 100))
    reporter.flush()


def read_rows(run_dir):
    with open(run_dir / "history.csv", newline="") as file:
        return list(csv.DictReader(file))


def without_rates(rows):
    rates = ("steps_per_second", "seconds")
    return [{name: value for name, value in row.items() if name not in rates} for row in rows]


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The folder of a run of 12 steps with every second step logged and two evaluations."""
    run_dir = tmp_path_factory.mktemp("reported")
    report(Reporter(small_data(), run_dir, FRAMES, every=2), range(1, 13), evaluate_at=(5, 10))
    return run_dir


@pytest.fixture(scope="module")
def events(reported):
    accumulator = EventAccumulator(str(reported / "tensorboard"), {"tensors": 0})
    accumulator.Reload()
    return accumulator


def test_the_history_has_a_row_for_each_logged_step(reported):
    rows = read_rows(reported)

    assert [row["step"] for row in rows] == ["2", "4", "5", "6", "8", "10", "12"]
    for row in rows:
        evaluated, step = row["step"] in ("5", "10"), int(row["step"])
        assert bool(row["selection/mmd_seq"]) == bool(row["selection/mmd_avg"]) == evaluated
        if step != 5:
            assert float(row["D_V/loss"]) == results_of(step)["D_V/loss"]
            assert float(row["G/loss_D_V"]) == results_of(step)["G/loss_D_V"]
            assert float(row["steps_per_second"]) > 0


def test_an_evaluation_is_the_mmd_on_the_selection_clips(tmp_path):
    data = small_data()
    reporter = Reporter(data, tmp_path, FRAMES)
    expected = evaluation.selection_mmd(
        FakeModel(0.5), data, evaluation.selection_clips(data, FRAMES)
    )

    good, bad = reporter.evaluation(1, FakeModel(0.01)), reporter.evaluation(2, FakeModel(0.5))
    reporter.flush()

    assert bad == expected["mmd_seq"] > good
    assert [float(row["selection/mmd_seq"]) for row in read_rows(tmp_path)] == [good, bad]


def test_tensorboard_has_the_scalars_of_each_logged_step(events):
    tags = set(events.Tags()["tensors"])

    assert tags == {
        *results_of(1),
        "steps_per_second",
        "seconds",
        "selection/mmd_avg",
        "selection/mmd_seq",
        "attention/last_frames",
        "attention/distance",
        "film strips",
        "attention",
    }
    (kept, _) = events.Tensors("attention/last_frames")
    assert float(tf.make_ndarray(kept.tensor_proto)) == 1.0  # `FakeModel` keeps the last frames
    losses = events.Tensors("D_V/loss")
    assert [event.step for event in losses] == [2, 4, 6, 8, 10, 12]
    values = [float(tf.make_ndarray(event.tensor_proto)) for event in losses]
    np.testing.assert_allclose(values, [results_of(step)["D_V/loss"] for step in range(2, 13, 2)])
    assert [event.step for event in events.Tensors("selection/mmd_seq")] == [5, 10]


@pytest.mark.parametrize("tag", ["film strips", "attention"])
def test_tensorboard_has_images_of_each_evaluation(events, tag):
    pictures = events.Tensors(tag)

    assert [event.step for event in pictures] == [5, 10]
    width, height, *encoded = tf.make_ndarray(pictures[0].tensor_proto)
    (picture,) = encoded
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (int(width), int(height))
        colors = image.convert("L").getcolors()
    assert len(colors) > 10  # something is drawn


def test_a_resumed_run_replaces_later_rows(reported, tmp_path):
    first = Reporter(small_data(), tmp_path, FRAMES, every=2)
    report(first, range(1, 10), evaluate_at=(5,))
    assert [row["step"] for row in read_rows(tmp_path)] == ["2", "4", "5", "6", "8"]

    resumed = Reporter(small_data(), tmp_path, FRAMES, first_step=5, every=2)
    resumed.flush()
    assert [row["step"] for row in read_rows(tmp_path)] == ["2", "4", "5"]
    report(resumed, range(6, 13), evaluate_at=(10,))

    expected, rows = without_rates(read_rows(reported)), without_rates(read_rows(tmp_path))
    assert rows == expected


def test_a_run_without_rows_can_be_resumed(tmp_path):
    report(Reporter(small_data(), tmp_path, FRAMES, every=5), range(1, 4))

    resumed = Reporter(small_data(), tmp_path, FRAMES, first_step=3, every=5)
    report(resumed, range(4, 6))

    assert [row["step"] for row in read_rows(tmp_path)] == ["5"]


def test_a_restarted_run_drops_all_rows(tmp_path):
    report(Reporter(small_data(), tmp_path, FRAMES, every=1), range(1, 4))

    report(Reporter(small_data(), tmp_path, FRAMES, every=1), range(1, 3))

    assert [row["step"] for row in read_rows(tmp_path)] == ["1", "2"]


def test_rates_exclude_evaluations_and_seconds_exclude_interruptions(tmp_path, monkeypatch):
    clock = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr("sagcn_tf.training.reporter.time.monotonic", lambda: clock.now)
    reporter = Reporter(small_data(), tmp_path, FRAMES, every=2)

    for step in range(1, 7):
        clock.now += 0.5
        reporter.step(step, results_of(step))
        if step == 4:
            clock.now += 100.0
            reporter.evaluation(step, FakeModel())
    reporter.flush()

    assert [float(row["steps_per_second"]) for row in read_rows(tmp_path)] == [2.0, 2.0, 2.0]
    assert [float(row["seconds"]) for row in read_rows(tmp_path)] == [1.0, 2.0, 103.0]

    clock.now += 1000.0
    resumed = Reporter(small_data(), tmp_path, FRAMES, first_step=6, every=2)
    clock.now += 1.0
    resumed.step(8, results_of(8))
    resumed.flush()

    assert float(read_rows(tmp_path)[-1]["seconds"]) == 104.0
