import dataclasses

import numpy as np
import pytest

from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from tests.small_data import CLASS_NAMES, FIRST_START, FRAMES, LENGTHS, STRIDE, small_data

prepare = input_pipeline.prepare
SEQUENCES = len(LENGTHS["train"])


@pytest.fixture(scope="module")
def numbered():
    """The small data, with every coordinate replaced by its frame number in the split."""
    data = small_data()
    splits = {}
    for split in LENGTHS:
        sequences = getattr(data, split)
        numbers = np.arange(len(sequences.frames), dtype=np.float32)
        frames = np.broadcast_to(numbers[:, None, None], sequences.frames.shape)
        splits[split] = dataclasses.replace(sequences, frames=frames)
    return dataclasses.replace(data, **splits)


def take(dataset, count):
    return [tuple(np.array(part) for part in batch) for batch in dataset.take(count)]


def sequence_and_start(sequences, clip):
    """Returns the sequence and the start of a numbered clip; checks the stride of its frames."""
    numbers = clip[:, 0, 0].astype(int)
    np.testing.assert_array_equal(clip, np.broadcast_to(clip[:, :1, :1], clip.shape))
    np.testing.assert_array_equal(np.diff(numbers), STRIDE)
    sequence = int(np.searchsorted(sequences.offsets, numbers[0], side="right")) - 1
    assert numbers[-1] < sequences.offsets[sequence + 1]
    return sequence, int(numbers[0] - sequences.offsets[sequence])


def possible_starts(split):
    """Returns `{(sequence, start)}` of all clips of a split."""
    return {
        (sequence, start)
        for sequence, length in enumerate(LENGTHS[split])
        for start in range(FIRST_START, length - FRAMES * STRIDE)
    }


def visited(batches, sequences):
    return [sequence_and_start(sequences, clip) for motion, _ in batches for clip in motion]


def test_batches_are_clips_of_the_data_with_their_labels():
    data = small_data(dimensions=3)
    clips = {}
    for sequence, start in possible_starts("train"):
        first = data.train.offsets[sequence] + start
        clip = data.train.frames[first : first + FRAMES * STRIDE : STRIDE]
        clips[clip.tobytes()] = data.train.labels[sequence]

    batches = take(input_pipeline.training_batches(data, FRAMES, 4, seed=0), 10)

    for motion, label in batches:
        assert motion.shape == (4, FRAMES, 5, 3) and motion.dtype == np.float32
        assert label.shape == (4, len(CLASS_NAMES)) and label.dtype == np.float32
        expected = np.eye(len(CLASS_NAMES))[[clips[clip.tobytes()] for clip in motion]]
        np.testing.assert_array_equal(label, expected)


def test_every_possible_window_occurs(numbered):
    batches = take(input_pipeline.training_batches(numbered, FRAMES, 60, seed=0), 20)

    assert set(visited(batches, numbered.train)) == possible_starts("train")


@pytest.mark.parametrize("batch_size", [1, 4, SEQUENCES, 15])
def test_each_epoch_visits_every_sequence_once_in_another_order(numbered, batch_size):
    epochs = 10
    steps = -(-epochs * SEQUENCES // batch_size)
    batches = take(input_pipeline.training_batches(numbered, FRAMES, batch_size, seed=3), steps)

    order = [sequence for sequence, _ in visited(batches, numbered.train)]

    orders = np.reshape(order[: epochs * SEQUENCES], [epochs, SEQUENCES])
    np.testing.assert_array_equal(np.sort(orders, axis=1), [list(range(SEQUENCES))] * epochs)
    assert len(np.unique(orders, axis=0)) > epochs // 2


@pytest.mark.parametrize(("batch_size", "together"), [(8, 2), (5, 2), (12, 4)])
def test_clips_of_a_class_come_together(numbered, batch_size, together):
    rounds = 4 * together  # in each, every class comes once
    clips = rounds * together * len(CLASS_NAMES)
    batches = input_pipeline.training_batches(
        numbered, FRAMES, batch_size, seed=3, clips_of_class=together
    )

    order = visited(take(batches, -(-clips // batch_size)), numbered.train)[:clips]

    sequences = np.reshape([sequence for sequence, _ in order], [rounds, -1, together])
    labels = numbered.train.labels[sequences]
    assert (labels == labels[..., :1]).all()
    np.testing.assert_array_equal(np.sort(labels[..., 0]), [sorted(range(3))] * rounds)
    for label in range(len(CLASS_NAMES)):
        members = np.flatnonzero(numbered.train.labels == label)
        visits = np.reshape(sequences[labels == label], [-1, len(members)])
        np.testing.assert_array_equal(np.sort(visits), [members] * len(visits))


def test_batches_by_class_resume_at_their_step_and_depend_on_the_seed():
    def batches(seed, first_step, count):
        data = small_data()
        of_seed = input_pipeline.training_batches(data, FRAMES, 4, seed, first_step, 2)
        return [motion for motion, _ in take(of_seed, count)]

    whole = batches(1, 0, 9)

    np.testing.assert_array_equal(batches(1, 5, 4), whole[5:])
    assert not np.array_equal(batches(2, 0, 9), whole)


def test_batches_depend_on_the_seed(numbered):
    first, again, other = (
        visited(take(input_pipeline.training_batches(numbered, FRAMES, 4, seed), 9), numbered.train)
        for seed in (5, 5, 6)
    )

    assert first == again
    assert [sequence for sequence, _ in first] != [sequence for sequence, _ in other]
    assert [start for _, start in first] != [start for _, start in other]


@pytest.mark.parametrize("step", [1, 5, 7])
def test_a_resumed_iteration_continues_at_its_step(step):
    data = small_data()
    whole = take(input_pipeline.training_batches(data, FRAMES, 4, seed=1), 10)

    resumed = take(input_pipeline.training_batches(data, FRAMES, 4, 1, first_step=step), 10 - step)

    for expected, batch in zip(whole[step:], resumed, strict=True):
        np.testing.assert_array_equal(batch[0], expected[0])
        np.testing.assert_array_equal(batch[1], expected[1])


def test_batches_of_a_late_step_are_valid(numbered):
    late = input_pipeline.training_batches(numbered, FRAMES, SEQUENCES, 0, first_step=10**9)

    clips = visited(take(late, 2), numbered.train)

    assert set(clips) <= possible_starts("train")
    assert [sorted(s for s, _ in clips[start:][:SEQUENCES]) for start in (0, SEQUENCES)] == [
        list(range(SEQUENCES))
    ] * 2


@pytest.mark.parametrize("split", ["train", "test"])
def test_evaluation_clips_are_windows_of_their_class_and_split(numbered, split):
    clips = input_pipeline.evaluation_clips(numbered, split, 200, seed=0, frames=FRAMES)

    assert clips.shape == (len(CLASS_NAMES), 200, FRAMES, 5, 2) and clips.dtype == np.float32
    sequences = getattr(numbered, split)
    found = set()
    for label, of_class in enumerate(clips):
        windows = {sequence_and_start(sequences, clip) for clip in of_class}
        assert {sequences.labels[sequence] for sequence, _ in windows} == {label}
        found |= windows
    assert found == possible_starts(split)


def test_evaluation_clips_depend_only_on_the_seed_and_the_split():
    data = small_data()

    def clips(seed, split="train"):
        return input_pipeline.evaluation_clips(data, split, 5, seed, FRAMES)

    np.testing.assert_array_equal(clips(1), clips(1))
    assert not np.array_equal(clips(1), clips(2))
    assert not np.array_equal(clips(1), clips(1, "test"))


def test_a_class_without_sequences_is_named(numbered):
    data = dataclasses.replace(numbered, class_names=[*CLASS_NAMES, "flying"])

    with pytest.raises(UserError, match="synthetic: the test split has no sequence of flying"):
        input_pipeline.evaluation_clips(data, "test", 5, 0, FRAMES)


@pytest.mark.parametrize(
    "clips",
    [
        lambda data, frames: input_pipeline.training_batches(data, frames, 4, 0),
        lambda data, frames: input_pipeline.evaluation_clips(data, "train", 4, 0, frames),
    ],
)
def test_sequences_that_are_too_short_are_named(clips):
    with pytest.raises(
        UserError,
        match="clips of 10 frames need .* of 22 frames or more, but train0 has 20, train2 ",
    ):
        clips(small_data(), 10)


def test_a_sequence_of_minimum_length_has_one_clip(numbered):
    # 9 frames with stride 2 from frame 3 are frames 3, 5, ..., 19 of 20.
    clips = input_pipeline.evaluation_clips(numbered, "train", 50, seed=0, frames=9)

    first = numbered.train.labels[0]
    starts = {sequence_and_start(numbered.train, clip) for clip in clips[first]}
    assert {start for sequence, start in starts if sequence == 0} == {FIRST_START}


@pytest.fixture(scope="module")
def resampled(numbered):
    """The numbered data, with each whole sequence as a clip."""
    return dataclasses.replace(
        numbered, clips="resample", stride=1, first_start=0, frame_rate=30.0, seconds=1.5
    )


def whole_sequence(data, split, number, frames):
    """Resamples a sequence to `frames` frames with NumPy."""
    sequences = getattr(data, split)
    motion = sequences.frames[slice(*sequences.offsets[number : number + 2])]
    places = np.linspace(0, len(motion) - 1, frames)
    coordinates = motion.reshape(len(motion), -1).T
    columns = [np.interp(places, np.arange(len(motion)), one) for one in coordinates]
    return np.stack(columns, axis=1).reshape(frames, *motion.shape[1:])


@pytest.mark.parametrize("frames", [2, 8, 20, 53])
def test_a_resampled_clip_is_its_whole_sequence(frames):
    data = dataclasses.replace(small_data(3), clips="resample", stride=1, first_start=0)
    expected = [whole_sequence(data, "train", number, frames) for number in range(SEQUENCES)]

    motion, label = take(input_pipeline.training_batches(data, frames, SEQUENCES, seed=2), 1)[0]
    halves = [
        input_pipeline.evaluation_clips(data, "train", 1, seed=2, frames=frames, half=half)
        for half in (0, 1)
    ]

    for found, labels in (
        (motion, label.argmax(axis=1)),
        (np.concatenate(halves)[:, 0], [0, 1, 2, 0, 1, 2]),
    ):
        errors = np.abs(found[:, None] - np.array(expected)).max(axis=(2, 3, 4))
        assert sorted(errors.argmin(axis=1)) == list(range(SEQUENCES))
        assert errors.min(axis=1).max() < 1e-6
        np.testing.assert_array_equal(data.train.labels[errors.argmin(axis=1)], labels)


def test_resampled_clips_begin_and_end_with_their_sequence(resampled):
    for frames in (3, 50, 1000):
        clips = input_pipeline.evaluation_clips(resampled, "test", 2, seed=0, frames=frames)

        ends = {(int(clip[0, 0, 0]), int(clip[-1, 0, 0])) for clip in np.concatenate(clips)}
        offsets = resampled.test.offsets
        assert ends == set(zip(offsets[:-1], offsets[1:] - 1, strict=True))
        assert (np.diff(clips, axis=2) >= 0).all()


def test_resumed_batches_of_resampled_clips_continue_at_their_step(resampled):
    whole = take(input_pipeline.training_batches(resampled, FRAMES, 4, seed=1), 6)
    resumed = take(input_pipeline.training_batches(resampled, FRAMES, 4, 1, first_step=2), 4)

    assert len({motion.tobytes() for motion, _ in whole}) > 3
    for expected, batch in zip(whole[2:], resumed, strict=True):
        np.testing.assert_array_equal(batch[0], expected[0])
        np.testing.assert_array_equal(batch[1], expected[1])


def test_resampled_clips_repeat_only_after_all_were_drawn(resampled):
    clips = input_pipeline.evaluation_clips(resampled, "test", 3, seed=4, frames=FRAMES)

    for of_class in clips:  # two sequences per class
        assert len(np.unique(of_class[:2], axis=0)) == 2
        np.testing.assert_array_equal(of_class[2], of_class[0])


def test_the_halves_of_resampled_training_clips_are_disjoint(resampled):
    first, second = (
        input_pipeline.evaluation_clips(resampled, "train", 5, seed, FRAMES, half)
        for seed, half in ((1, 0), (2, 1))
    )

    for one, other in zip(first, second, strict=True):
        assert len(np.unique(one, axis=0)) == len(np.unique(other, axis=0)) == 1  # of two sequences
        assert not np.array_equal(one[0], other[0])


def test_the_data_of_a_run_are_read_as_it_was_trained(monkeypatch):
    asked = []
    monkeypatch.setattr(input_pipeline, "prepare", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(input_pipeline, "read", lambda *_: small_data())
    described = dataclasses.replace(small_data(), min_frames=21, fingerprint="abc")

    data = input_pipeline.load_as_trained(described, FRAMES, "data")

    assert asked == [("synthetic", "data", None, "abc")]
    assert np.diff(data.train.offsets).tolist() == [23, 21, 31, 22, 26]  # not the one of 20 frames
    assert data.min_frames == 21
