import numpy as np
import pytest

from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.motion_report import class_statistics
from sagcn_tf.metrics.mmd import mmd, within_sums
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS
from tests.swinging_data import CLASSES, FRAMES, small_data

DATA = small_data()
M = 8


@pytest.fixture(scope="module")
def real():
    return real_measurements.measure_real_clips(DATA, FRAMES, M)


def test_sums_match_the_clips_of_each_draw(real):
    for split, draws in real.sums.items():
        assert len(draws) == real_measurements.RESAMPLINGS
        for draw, sums in enumerate(draws):
            clips = real_measurements.compared_clips(DATA, split, M, draw, FRAMES)
            for metric, expected in within_sums(clips).items():
                np.testing.assert_array_equal(sums[metric], expected)


def test_all_draws_differ(real):
    drawn = [
        draw_clips(DATA, "train", M, draw, FRAMES)
        for draw_clips in (real_measurements.compared_clips, real_measurements.other_clips)
        for draw in range(real_measurements.RESAMPLINGS)
    ]
    assert len({clips.tobytes() for clips in drawn}) == len(drawn)


@pytest.mark.parametrize("name", REFERENCE_SETS)
def test_reference_sets_have_the_mmd_of_their_clips(real, name):
    scores = []
    for draw in range(real_measurements.RESAMPLINGS):
        others = [
            real_measurements.other_clips(DATA, s, M, draw, FRAMES) for s in ("train", "test")
        ]
        # All reference sets of a draw start with the same random state.
        clips = REFERENCE_SETS[name](*others, np.random.default_rng([draw, M]))
        scores.append(mmd(clips, real_measurements.compared_clips(DATA, "train", M, draw, FRAMES)))
    for metric, score in real.reference_sets[name].items():
        values = [of_draw[metric] for of_draw in scores]
        assert score["mean"] == pytest.approx(np.mean(values))
        assert score["std"] == pytest.approx(np.std(values), abs=1e-12)
        assert score["draws"] == 5


def test_motion_is_measured_on_other_clips(real):
    pool = real_measurements.compared_clips(DATA, "train", M, 0, FRAMES)
    for split, statistics in real.motion.items():
        clips = real_measurements.other_clips(DATA, split, M, 0, FRAMES)
        assert statistics == class_statistics(clips, pool, DATA)


@pytest.mark.parametrize(("small", "draws"), [(M, 5), (M - 1, 1)])
def test_large_reference_sets_are_drawn_once_and_progress_is_counted(monkeypatch, small, draws):
    monkeypatch.setattr(real_measurements, "_SMALL", small)
    done = []
    real = real_measurements.measure_real_clips(DATA, FRAMES, M, done.append)
    assert real.reference_sets["white noise"]["mmd_seq"]["draws"] == draws
    assert sum(done) == real_measurements.clips_to_measure(DATA, M)
    assert sum(done) == CLASSES * M * (2 * 5 + len(REFERENCE_SETS) * draws)


def test_sizes_are_distinct_and_ascending():
    assert real_measurements.sizes_to_measure(DATA, (1000, 100, 1000)) == [100, 1000]
