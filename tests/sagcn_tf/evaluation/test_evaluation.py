import dataclasses
import json

import numpy as np
import pytest

from sagcn_tf.classification.trained_classifier import KINDS
from sagcn_tf.evaluation import evaluation, real_measurements
from sagcn_tf.evaluation.motion_report import class_statistics, motion_report
from sagcn_tf.evaluation.selection import Selection
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import mmd
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS
from tests.place_classifier import place_classifier
from tests.swinging_data import CLASSES, FRAMES, SmallModel, small_data

DATA = small_data()


def in_pieces(sequences):
    """Cuts each sequence into sequences of FRAMES frames."""
    pieces = np.diff(sequences.offsets) // FRAMES
    starts = [
        start + FRAMES * np.arange(count)
        for start, count in zip(sequences.offsets[:-1], pieces, strict=True)
    ]
    frames = sequences.frames[np.concatenate(starts)[:, None] + np.arange(FRAMES)]
    return dataclasses.replace(
        sequences,
        frames=np.concatenate(frames),
        offsets=FRAMES * np.arange(len(frames) + 1),
        labels=np.repeat(sequences.labels, pieces),
        names=[str(number) for number in range(len(frames))],
        subjects=["1"] * len(frames),
    )


def test_resampled_sequences_are_evaluated_on_halves():
    splits = {split: in_pieces(getattr(DATA, split)) for split in ("train", "test")}
    whole = dataclasses.replace(DATA, clips="resample", **splits)
    smallest = np.bincount(whole.train.labels).min()
    assert smallest >= 6
    results = evaluation.evaluate_model(SmallModel(whole), whole, FRAMES, (3, 1000), False)
    assert results["clips_per_class"] == sorted({min(m, smallest // 2) for m in (3, 1000)})
    # Other training clips differ from the compared ones, so their distance is not 0.
    assert results["motion"]["distance to nearest training clip"]["train"] > 0
    assert Selection(whole, FRAMES).clips.shape[1] == smallest // 2


@pytest.fixture(scope="module")
def results():
    return evaluation.evaluate_model(SmallModel(DATA), DATA, FRAMES, (120, 20), False)


@pytest.fixture(scope="module")
def real():
    return {m: real_measurements.measure_real_clips(DATA, FRAMES, m) for m in (20, 120)}


def test_results_are_json_serializable(results):
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_every_size_is_measured_against_both_splits(results):
    assert results["clips_per_class"] == [20, 120]
    assert set(results["mmd"]) == {"train", "test"}
    for scores in results["mmd"].values():
        assert set(scores) == {"20", "120"}
        for of_size in scores.values():
            assert [of_size[name]["draws"] for name in ("mmd_avg", "mmd_seq")] == [5, 5]
            assert of_size["mmd_seq"]["std"] > 0


def test_the_mean_is_over_five_draws(results):
    values = [
        mmd(
            sample_all_classes(SmallModel(DATA), CLASSES, 120, draw),
            real_measurements.compared_clips(DATA, "test", 120, draw, FRAMES),
        )["mmd_avg"]
        for draw in range(5)
    ]
    score = results["mmd"]["test"]["120"]["mmd_avg"]
    assert score["mean"] == pytest.approx(np.mean(values))
    assert score["std"] == pytest.approx(np.std(values))


def test_given_frames_do_not_count_as_predicted(results, real):

    class NoiseModel(SmallModel):
        given_frames = FRAMES - 2

        def generate(self, label, seed):
            motion = np.array(super().generate(label, seed))
            rows = np.random.default_rng(int(seed[0]))
            motion[:, self.given_frames :] = rows.normal(
                size=motion[:, self.given_frames :].shape, scale=5.0
            )
            return motion

    mmds = evaluation.evaluate_model(NoiseModel(DATA), DATA, FRAMES, (20,), False, real=real)["mmd"]

    scores = {name: mmds[name]["20"]["mmd_avg"]["mean"] for name in ("train", "predicted")}
    assert scores["predicted"] > 2 * scores["train"]
    assert "predicted" not in results["mmd"]


def test_precomputed_real_measurements_give_the_same_results(results, real, monkeypatch):
    def measure(*arguments):
        raise AssertionError("measured again")

    monkeypatch.setattr(real_measurements, "measure_real_clips", measure)
    again = evaluation.evaluate_model(SmallModel(DATA), DATA, FRAMES, (120, 20), False, real=real)
    assert again == results


def test_reference_sets_are_measured_at_every_size(results):
    assert list(results["reference_sets"]) == list(REFERENCE_SETS)
    for scores in results["reference_sets"].values():
        assert scores["20"]["mmd_seq"]["draws"] == 5
        assert scores["120"]["mmd_seq"]["draws"] == 1


def test_reference_sets_score_in_the_expected_order(results):
    seq = {
        name: scores["120"]["mmd_seq"]["mean"] for name, scores in results["reference_sets"].items()
    }
    assert seq["other training clips"] < seq["clips of the test subjects"]
    assert seq["other training clips"] < seq["label ignored"] < seq["mean pose of the class"]


def test_the_model_scores_between_real_clips_and_a_constant_pose(results):
    model = results["mmd"]["train"]["120"]["mmd_seq"]["mean"]
    floor = results["reference_sets"]["other training clips"]["120"]["mmd_seq"]["mean"]
    assert (
        floor
        < model
        < results["reference_sets"]["mean pose of the class"]["120"]["mmd_seq"]["mean"]
    )


def test_motion_compares_the_first_draw_with_other_real_clips(results, real):
    first = sample_all_classes(SmallModel(DATA), CLASSES, 120, 0)
    training_clips = real_measurements.compared_clips(DATA, "train", 120, 0, FRAMES)
    statistics = class_statistics(first, training_clips, DATA)
    assert results["motion"] == motion_report(statistics, real[120].motion, DATA.class_names)


@pytest.fixture(scope="module")
def recognition():
    classifiers = {kind: place_classifier(DATA, FRAMES, kind=kind) for kind in KINDS}
    return classifiers, evaluation.recognition_scores(SmallModel(DATA), DATA, classifiers)


def test_recognition_scores_20_sets_of_generated_clips(recognition):
    classifiers, results = recognition
    draws = [
        sample_all_classes(SmallModel(DATA), CLASSES, 50, evaluation._RECOGNITION_SEED + s)
        for s in range(20)
    ]
    clips = np.concatenate(draws, axis=1)

    scores = results["classifiers"]["st_gcn"]["generated"]

    assert (results["seeds"], results["clips_per_class"]) == (20, 50)
    assert len(np.unique(clips.reshape(CLASSES * 1000, -1), axis=0)) == CLASSES * 1000
    expected = classifiers["st_gcn"].measure(clips, seed=0)
    assert scores["accuracy"]["mean"] == pytest.approx(expected["accuracy"])
    np.testing.assert_allclose(scores["recall"], expected["recall"])
    assert scores["diversity"]["mean"] == pytest.approx(expected["diversity"], rel=0.1)
    assert 0 < scores["diversity"]["interval"] < 0.2 * scores["diversity"]["mean"]
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_recognition_includes_the_scores_of_real_clips(recognition):
    classifiers, results = recognition
    for kind, rows in results["classifiers"].items():
        assert list(rows) == ["generated", "train", "held_out", "test"]
        assert rows["test"] == classifiers[kind].facts["real"]["test"]


def test_recognition_needs_classifiers(results, recognition):
    classifiers, expected = recognition
    assert "recognition" not in results
    model = SmallModel(DATA)
    full = evaluation.evaluate_model(model, DATA, FRAMES, (5,), False, classifiers)
    assert full.pop("recognition") == expected
    assert full.keys() == results.keys()


def test_progress_counts_every_clip(monkeypatch):
    monkeypatch.setattr(evaluation, "progress_bar", RecordingBar)
    classifiers = {"d_v": place_classifier(DATA, FRAMES)}
    evaluation.evaluate_model(SmallModel(DATA), DATA, FRAMES, (5,), True, classifiers)
    assert RecordingBar.last.done == RecordingBar.last.total


class RecordingBar:
    """Counts like a progress bar."""

    def __init__(self, description, total, *_):
        self.total, self.done = total, 0
        RecordingBar.last = self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, count):
        self.done += count
