import types

import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.generation.sampling import sample_all_classes, sample_label
from tests.bodies import wave
from tests.fake_model import DATA, ONE_HOT, SEEDS, FakeModel
from tests.swinging_data import CLASSES, FRAMES, SmallModel, small_data


def test_motion_is_in_the_unit_of_the_data():
    motion = sample_label(FakeModel(), DATA, ONE_HOT[1], SEEDS)

    assert motion.dtype == np.float32
    np.testing.assert_allclose(motion[2], 10 * 109 * wave(4) + 1, rtol=1e-5)


def test_a_clip_is_the_same_alone_and_in_a_batch():
    model = FakeModel()

    many = sample_label(model, DATA, ONE_HOT[0], np.arange(250, dtype=np.int32))
    alone = sample_label(model, DATA, ONE_HOT[0], np.array([203], np.int32))

    assert len(many) == 250
    np.testing.assert_array_equal(many[203], alone[0])
    assert model.largest_batch <= 100


def test_non_finite_motion_is_refused():
    model = types.SimpleNamespace(generate=lambda label, seed: np.full((3, 4, 15, 2), np.nan))

    with pytest.raises(UserError, match="generates NaN or infinity"):
        sample_label(model, DATA, ONE_HOT[0], SEEDS)


def test_a_label_of_two_rows_is_a_transition():
    model = types.SimpleNamespace(
        follows_labels=True,
        transition=lambda first, last, seed: wave(4) * (first + 10 * last)[:, :1, None, None],
    )

    motion = sample_label(model, DATA, np.array([[1, 0, 0], [0.5, 0.5, 0]], np.float32), SEEDS)

    np.testing.assert_allclose(motion[2], 10 * 6 * wave(4) + 1, rtol=1e-5)


def test_a_system_without_transitions_says_so():
    with pytest.raises(UserError, match="it has no transitions"):
        sample_label(types.SimpleNamespace(follows_labels=False), DATA, ONE_HOT[:2], SEEDS)


class RecordingModel:
    """Encodes the class and the seed of each clip in its motion."""

    def __init__(self):
        self.batches = []

    def generate(self, label, seed):
        assert label.dtype == np.float32 and seed.dtype == np.int32
        assert label.shape == (len(seed), 3) and (label.sum(axis=1) == 1).all()
        self.batches.append(len(seed))
        motion = np.zeros((len(seed), FRAMES, 2, 2), np.float32)
        motion[..., 0, 0], motion[..., 0, 1] = label.argmax(axis=1)[:, None], seed[:, None]
        return motion


def test_generated_clips_are_ordered_by_class():
    clips = sample_all_classes(RecordingModel(), 3, 70, draw=0)
    assert clips.shape == (3, 70, FRAMES, 2, 2)
    assert clips.dtype == np.float32
    for c in range(3):
        assert (clips[c, ..., 0, 0] == c).all()


def test_no_two_clips_share_a_seed():
    draws = [sample_all_classes(RecordingModel(), 3, 70, draw) for draw in range(3)]
    seeds = np.stack(draws)[..., 0, 0, 1]
    assert len(np.unique(seeds)) == 3 * 3 * 70


def test_batches_have_one_size_and_progress_counts_clips():
    model, done = RecordingModel(), []
    sample_all_classes(model, 3, 70, draw=0, progress=done.append)
    assert len(set(model.batches)) == 1
    assert sum(done) == 210


def test_draws_are_repeatable_and_differ():
    model = SmallModel(small_data())
    few = sample_all_classes(model, CLASSES, 5, draw=4)
    again = sample_all_classes(model, CLASSES, 5, draw=4)
    other = sample_all_classes(model, CLASSES, 5, draw=5)
    np.testing.assert_array_equal(few, again)
    assert not np.array_equal(few, other)


@pytest.mark.parametrize(("count", "draw"), [(2**20, 0), (1, 2048), (1, -1)])
def test_draws_with_overlapping_seeds_are_refused(count, draw):
    with pytest.raises(ValueError, match="draws 0 to 2047"):
        sample_all_classes(RecordingModel(), 3, count, draw)
