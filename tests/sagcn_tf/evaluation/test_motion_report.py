import dataclasses
import json

import numpy as np
import pytest

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation.motion_report import GROUND_SPEED, class_statistics, motion_report, ratio
from tests.swinging_data import CLASSES, FRAMES, small_data

DATA = small_data()
M = 120
POOL = evaluation_clips(DATA, "train", M, 2000, FRAMES)


def report(clips):
    """Returns the motion report of some clips and real clips."""
    real = {
        split: class_statistics(evaluation_clips(DATA, split, M, 3000, FRAMES), POOL, DATA)
        for split in ("train", "test")
    }
    return motion_report(class_statistics(clips, POOL, DATA), real, DATA.class_names)


def test_real_clips_match_real_clips():
    real = evaluation_clips(DATA, "train", M, 7, FRAMES)
    for values in report(real).values():
        assert values["generated"] == pytest.approx(values["train"], rel=0.1)


def test_speed_is_in_the_unit_of_the_data():
    real = evaluation_clips(DATA, "train", 20, 7, FRAMES)
    steps = np.linalg.norm(np.diff(DATA.unstandardize(real), axis=2), axis=-1)  # [C, m, T - 1, N]
    speeds = class_statistics(real, POOL, DATA)["speed"]
    np.testing.assert_allclose(speeds, steps.mean(axis=(1, 2, 3)), rtol=1e-5)


def test_motion_of_the_root_is_a_statistic_and_part_of_the_speed():
    nodes = [np.pad(one, ((0, 1), (0, 0))) for one in (DATA.mean, DATA.std)]
    nodes[0][-1], nodes[1][-1] = [30, 0], 1
    moving = dataclasses.replace(DATA, mean=nodes[0], std=nodes[1], root_motion=(0,))
    clips = np.pad(POOL[:, :20], ((0, 0), (0, 0), (0, 0), (0, 1), (0, 0)))
    still = np.zeros_like(clips)

    found, of_still = (class_statistics(one, clips, moving) for one in (clips, still))

    step = 30 / moving.frame_rate
    assert list(found) == [GROUND_SPEED, *class_statistics(POOL, POOL, DATA)]
    np.testing.assert_allclose(of_still[GROUND_SPEED], step)
    np.testing.assert_allclose(of_still["speed"], step)
    assert min(found["speed"]) > step


def test_distances_match_loops_per_class():
    clips = evaluation_clips(DATA, "test", 4, 7, FRAMES)
    statistics = class_statistics(clips, POOL, DATA)
    for c in range(CLASSES):
        between = [np.linalg.norm(a - b) for i, a in enumerate(clips[c]) for b in clips[c][:i]]
        nearest = [min(np.linalg.norm(a - b) for b in POOL[c]) for a in clips[c]]
        assert statistics["diversity"][c] == pytest.approx(np.mean(between), rel=1e-5)
        distance = statistics["distance to nearest training clip"][c]
        assert distance == pytest.approx(np.mean(nearest), rel=1e-5)


def test_a_fast_class_changes_only_its_own_row():
    clips = evaluation_clips(DATA, "train", M, 3000, FRAMES)
    clips[1] *= 3
    speed = report(clips)["speed"]

    ratios = [ratio(speed["classes"][name]) for name in DATA.class_names]

    assert ratios == pytest.approx([1, 3, 1])
    for source in ("generated", "train", "test"):
        values = [speed["classes"][name][source] for name in DATA.class_names]
        assert speed[source] == pytest.approx(np.mean(values))


def test_a_report_is_json_serializable():
    made = report(POOL)
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_there_is_no_ratio_to_rounding_error():
    assert ratio({"generated": 3.0, "train": 2.0, "test": 1.0}) == 1.5
    assert ratio({"generated": 3.0, "train": 2.0, "test": 1.0}, "test") == 0.5
    for source in ("generated", "test"):
        assert ratio({"generated": 1.0, "train": 3e-7, "test": 0.0}, source) is None
        assert ratio({"generated": 0.0, "train": 0.0, "test": 0.0}, source) is None


@pytest.mark.parametrize(
    ("spoil", "statistic", "bounds"),
    [
        (lambda clips: clips[:, :, :1].repeat(FRAMES, axis=2), "speed", (0, 0)),
        (lambda clips: clips[:, :1].repeat(M, axis=1), "diversity", (0, 0)),
        (lambda clips: 3 * clips, "speed", (2.5, 3.5)),
        (
            lambda clips: clips + np.random.default_rng(0).normal(size=clips.shape),
            "acceleration",
            (2, 1000),
        ),
        (lambda clips: POOL, "distance to nearest training clip", (0, 0)),
    ],
    ids=["frozen", "one clip", "three times too fast", "jitter", "memorized"],
)
def test_motion_statistics_reveal_defects(spoil, statistic, bounds):
    values = report(spoil(evaluation_clips(DATA, "train", M, 7, FRAMES)))[statistic]
    for one in (values, *values["classes"].values()):
        assert bounds[0] <= ratio(one) <= bounds[1]
