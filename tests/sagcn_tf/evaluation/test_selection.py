import dataclasses

import numpy as np
import pytest

from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.motion_report import class_statistics
from sagcn_tf.evaluation.selection import Selection
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import mmd
from tests.swinging_data import CLASSES, FRAMES, JOINTS, SmallModel, small_data

DATA = small_data()


@pytest.fixture(scope="module")
def selection():
    return Selection(DATA, FRAMES)


def test_selection_clips_are_not_used_for_evaluation(selection):
    assert selection.clips.shape == (CLASSES, 200, FRAMES, JOINTS, 2)
    for draw in range(real_measurements.RESAMPLINGS):
        for drawn in (real_measurements.compared_clips, real_measurements.other_clips):
            assert not np.array_equal(selection.clips, drawn(DATA, "train", 200, draw, FRAMES))


def test_the_better_model_has_the_better_scores(selection):
    good, bad = (selection.measure(SmallModel(DATA, noise)) for noise in (0.1, 3))

    for name in ("mmd_avg", "mmd_seq"):
        assert good[name] < bad[name]
        assert selection.references[f"{name}_real"] < good[name]
        real, wrong = (selection.references[f"{name}_{kind}"] for kind in ("real", "wrong_class"))
        assert real < wrong < selection.references[f"{name}_white_noise"]
    for name in ("speed", "acceleration", "bone_length_variation", "diversity"):
        assert abs(good[name] - 1) < abs(bad[name] - 1)


def test_scores_are_those_of_the_generated_clips(selection):
    model = SmallModel(DATA)
    clips = sample_all_classes(model, CLASSES, 200, 1000)

    scores = selection.measure(model)

    expected = mmd(clips, selection.clips)
    assert {name: scores[name] for name in expected} == pytest.approx(expected)
    generated, real = (
        np.mean(class_statistics(part, selection.clips, DATA)["speed"])
        for part in (clips, selection._others)
    )
    assert scores["speed"] == pytest.approx(generated / real)


def test_rigid_bones_have_no_ratio():
    still = np.broadcast_to(DATA.train.frames[:1], DATA.train.frames.shape)
    rigid = dataclasses.replace(DATA, train=dataclasses.replace(DATA.train, frames=still))

    scores = Selection(rigid, FRAMES).measure(SmallModel(DATA))

    assert "bone_length_variation" not in scores and "mmd_seq" in scores
