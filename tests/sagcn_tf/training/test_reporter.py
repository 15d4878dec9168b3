import collections
import csv
import io
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation.selection import Selection
from sagcn_tf.training.reporter import Reporter
from tests.small_data import CLASS_NAMES, FRAMES, small_config, small_data


class FakeModel:
    """Generates real training clips plus `error`, so the MMD grows with `error`."""

    attends = True
    config = small_config(batch_size=4)

    def __init__(self, error=0.0):
        self.error = error
        self.clips = evaluation_clips(small_data(), "train", 100, seed=3, frames=FRAMES)
        self.optimizers = {"G": keras.optimizers.SGD(0.25)}
        self.sampled_weights = [keras.Variable(np.linspace(0, 1, 9), name="kernel")]

    def sampling_graph(self):
        return tf.Graph()

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


class EachThird:
    """A classifier that finds every third clip of a class to be of the first class."""

    def classify(self, motion):
        label = np.repeat(np.arange(len(CLASS_NAMES)), len(motion) // len(CLASS_NAMES))
        return np.where(np.arange(len(motion)) % 3 == 0, 0, label), None


def make_reporter(run_dir, first_step=0, every=2):
    classifiers = {"d_v": EachThird()}
    return Reporter(FakeModel(), small_data(), run_dir, first_step, every, classifiers)


def results_of(step):
    return {"D_V/loss": 1.0 / step, "G/loss_D_V": 0.1 + step}


def report(reporter, steps, evaluate_at=()):
    for step in steps:
        reporter.step(step, results_of(step))
        if step in evaluate_at:
            reporter.model.error = step / 100
            reporter.evaluation(step)
    reporter.flush()


def read_rows(run_dir):
    with open(run_dir / "history.csv", newline="") as file:
        return list(csv.DictReader(file))


def without_rates(rows):
    rates = ("steps_per_second", "clips_per_second", "seconds")
    return [{name: value for name, value in row.items() if name not in rates} for row in rows]


def read_events(run_dir):
    """The events as TensorBoard reads them."""
    accumulator = EventAccumulator(str(run_dir / "tensorboard"), {"tensors": 0, "graph": 1})
    accumulator.Reload()
    return accumulator


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The folder of a run of 12 steps with every second step logged and two evaluations."""
    run_dir = tmp_path_factory.mktemp("reported") / "a_run"
    report(make_reporter(run_dir), range(1, 13), evaluate_at=(5, 10))
    return run_dir


@pytest.fixture(scope="module")
def events(reported):
    return read_events(reported)


def told(run_dir):
    """Yields `(step, tag)` of all events in the files; a reader may hide a step told twice."""
    for path in (run_dir / "tensorboard").iterdir():
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                yield event.step, value.tag


def steps_of(events, tag):
    return [event.step for event in events.Tensors(tag)]


def values_of(events, tag):
    return [float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)]


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
    reporter = make_reporter(tmp_path)
    reporter.model.error = 0.01
    good = reporter.evaluation(1)
    reporter.model.error = 0.5
    bad = reporter.evaluation(2)
    reporter.flush()

    assert bad == Selection(small_data(), FRAMES).measure(FakeModel(0.5))["mmd_seq"] > good
    assert [float(row["selection/mmd_seq"]) for row in read_rows(tmp_path)] == [good, bad]


def test_tensorboard_has_the_scalars_of_each_logged_step(events):
    losses = values_of(events, "health/D_V/loss")

    assert steps_of(events, "health/D_V/loss") == [2, 4, 6, 8, 10, 12]
    np.testing.assert_allclose(losses, [results_of(step)["D_V/loss"] for step in range(2, 13, 2)])
    assert values_of(events, "health/G/learning_rate") == [0.25] * 6
    for clips, steps in zip(
        values_of(events, "health/clips_per_second"),
        values_of(events, "health/steps_per_second"),
        strict=True,
    ):
        assert clips == pytest.approx(4 * steps)
    assert steps_of(events, "quality/mmd_seq") == [5, 10]
    assert values_of(events, "quality/attention_last_frames") == [1.0, 1.0]
    assert values_of(events, "quality/one") == [1.0, 1.0]


def test_quality_stands_beside_the_lines_to_compare_it_with(events):
    references = Selection(small_data(), FRAMES).references

    assert len(references) == 6
    for name, value in references.items():
        assert values_of(events, f"quality/{name}") == pytest.approx([value] * 2)
    # Every third of 20 clips per class is found to be of class 0.
    wrong = sum(number % 3 == 0 for number in range(20, 60))
    expected = 1 - wrong / 60
    assert values_of(events, "quality/recognized_d_v") == pytest.approx([expected] * 2)


def test_the_generator_s_weights_and_attention_are_distributions(events):
    (weights, _) = events.Tensors("weights/kernel")
    buckets = tf.make_ndarray(weights.tensor_proto)
    assert buckets[:, 2].sum() == 9 and buckets[0, 0] == 0 and buckets[-1, 1] == 1

    (distances, _) = events.Tensors("attention distances")
    buckets = tf.make_ndarray(distances.tensor_proto)
    assert (buckets[0, 0], buckets[-1, 1]) == (1, 3)
    # Of two clips per class, each frame keeps up to three before it: 1 + 2 + 3 * 5 pairs.
    assert buckets[:, 2].sum() == 2 * len(CLASS_NAMES) * (1 + 2 + 3 * 5)


def pictures_of(events, tag):
    """Images `[H, W]` of the first evaluation."""
    first = events.Tensors(tag)[0]
    width, height, *encoded = tf.make_ndarray(first.tensor_proto)
    for picture in encoded:
        with Image.open(io.BytesIO(picture)) as image:
            assert image.size == (int(width), int(height))
            yield np.asarray(image.convert("L"))


@pytest.mark.parametrize(("tag", "count"), [("film strips", 1), ("attention maps", 3)])
def test_tensorboard_has_images_of_each_evaluation(events, tag, count):
    pictures = list(pictures_of(events, tag))

    assert steps_of(events, tag) == [5, 10]
    assert len(pictures) == count
    assert all(len(np.unique(picture)) > 10 for picture in pictures)  # something is drawn


def test_a_resumed_run_replaces_later_rows_and_events(reported, events, tmp_path):
    """The first process is killed after step 9: its history ends with the last checkpoint."""
    run_dir = tmp_path / "a_run"
    killed = make_reporter(run_dir)
    report(killed, range(1, 10), evaluate_at=(5, 8))
    assert [row["step"] for row in read_rows(run_dir)] == ["2", "4", "5", "6", "8"]
    (file,) = (run_dir / "tensorboard").iterdir()
    file.write_bytes(file.read_bytes()[:-5])  # the last event is cut

    resumed = make_reporter(run_dir, first_step=5)
    resumed.flush()
    assert [row["step"] for row in read_rows(run_dir)] == ["2", "4", "5"]
    assert steps_of(read_events(run_dir), "health/D_V/loss") == [2, 4]
    report(resumed, range(6, 13), evaluate_at=(10,))

    assert without_rates(read_rows(run_dir)) == without_rates(read_rows(reported))
    found = read_events(run_dir)
    assert sorted(found.Tags()["tensors"]) == sorted(events.Tags()["tensors"])
    for tag in events.Tags()["tensors"]:
        assert steps_of(found, tag) == steps_of(events, tag), tag
    assert set(collections.Counter(told(run_dir)).values()) == {1}


def interrupted(*_):
    raise KeyboardInterrupt


def test_an_evaluation_that_was_cut_short_is_told_once(tmp_path):
    run_dir = tmp_path / "a_run"
    stopped = make_reporter(run_dir)
    stopped.step(2, results_of(2))
    stopped.board.histograms = interrupted
    with pytest.raises(KeyboardInterrupt):
        stopped.evaluation(2)
    stopped.flush()
    assert (2, "film strips") in told(run_dir)

    resumed = make_reporter(run_dir, first_step=2)
    assert not resumed.evaluated(2)
    score = resumed.evaluation(2)
    assert resumed.evaluated(2) and resumed.evaluation(2) == score  # not evaluated again
    resumed.flush()

    found = collections.Counter(told(run_dir))
    assert set(found.values()) == {1}
    tags = "film strips", "attention maps", "quality/one", "quality/mmd_seq", "health/D_V/loss"
    assert {(2, tag) for tag in tags} <= set(found)


def test_a_run_without_rows_can_be_resumed(tmp_path):
    report(make_reporter(tmp_path, every=5), range(1, 4))

    resumed = make_reporter(tmp_path, 3, every=5)
    report(resumed, range(4, 6))

    assert [row["step"] for row in read_rows(tmp_path)] == ["5"]


def test_a_restarted_run_drops_all_rows(tmp_path):
    report(make_reporter(tmp_path, every=1), range(1, 4))

    report(make_reporter(tmp_path, every=1), range(1, 3))

    assert [row["step"] for row in read_rows(tmp_path)] == ["1", "2"]


def test_rates_exclude_evaluations_and_seconds_exclude_interruptions(tmp_path, monkeypatch):
    clock = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr("sagcn_tf.training.reporter.time.monotonic", lambda: clock.now)
    reporter = make_reporter(tmp_path, every=2)

    for step in range(1, 7):
        clock.now += 0.5
        reporter.step(step, results_of(step))
        if step == 4:
            clock.now += 100.0
            reporter.evaluation(step)
    reporter.flush()

    assert [float(row["steps_per_second"]) for row in read_rows(tmp_path)] == [2.0, 2.0, 2.0]
    assert [float(row["seconds"]) for row in read_rows(tmp_path)] == [1.0, 2.0, 103.0]

    clock.now += 1000.0
    resumed = make_reporter(tmp_path, 6, every=2)
    clock.now += 1.0
    resumed.step(8, results_of(8))
    resumed.flush()

    assert float(read_rows(tmp_path)[-1]["seconds"]) == 104.0
