import dataclasses

import numpy as np
import pytest

from sagcn_tf.data import clips
from sagcn_tf.errors import UserError
from tests.small_data import FRAMES, small_data


@pytest.fixture
def resampled():
    """The small data, with each whole sequence as a clip."""
    return dataclasses.replace(small_data(), clips="resample", stride=1, first_start=0)


def test_check_clips_covers_both_splits():
    data = small_data()
    clips.check_clips(data, FRAMES)

    without = dataclasses.replace(data.test, labels=np.zeros_like(data.test.labels))
    with pytest.raises(UserError, match="the test split has no sequence of bowing"):
        clips.check_clips(dataclasses.replace(data, test=without), FRAMES)
    with pytest.raises(UserError, match="test1 has 20, .*, test5 has 20"):
        clips.check_clips(dataclasses.replace(data, train=data.test), 10)


def test_the_clips_per_class_of_resampled_data_are_limited(resampled):
    limit = clips.limit_clips_per_class
    assert limit(small_data(), 1000) == 1000
    labels = np.repeat(resampled.train.labels, [2, 5, 9, 9, 9, 9])  # 11 or more per class
    more = dataclasses.replace(resampled, train=dataclasses.replace(resampled.train, labels=labels))
    assert limit(more, 1000) == np.bincount(labels).min() // 2 > 3
    assert limit(more, 3) == 3
    assert limit(resampled, 1000) == 2


def test_a_sequence_of_one_frame_cannot_be_resampled(resampled):
    offsets = np.append(resampled.test.offsets[:-1], resampled.test.offsets[-2] + 1)
    short = dataclasses.replace(resampled.test, offsets=offsets)

    with pytest.raises(UserError, match="2 frames or more, but test5 has 1. Choose"):
        clips.check_clips(dataclasses.replace(resampled, test=short), FRAMES)


def test_short_sequences_are_left_out_with_a_warning(caplog):
    data = small_data()

    kept = clips.without_short(data, 10)

    assert kept.train.names == ["train1", "train3", "train4", "train5"]
    assert kept.test.names == ["test0", "test2", "test4"]
    clips.check_clips(kept, 10)
    for number, name in enumerate(kept.test.names):
        old = data.test.names.index(name)
        before, after = (slice(*data.test.offsets[old : old + 2]), kept.test.offsets[number:])
        np.testing.assert_array_equal(
            kept.test.frames[after[0] : after[1]], data.test.frames[before]
        )
        assert kept.test.labels[number] == data.test.labels[old]
    assert "5 sequences with fewer than the 22 frames" in caplog.text and "train0" in caplog.text
    assert clips.without_short(data, FRAMES).train is data.train


def test_the_user_may_ask_for_longer_recordings():
    data = small_data()
    assert (
        clips.without_short(data, FRAMES, 22).train.names
        == clips.without_short(data, 10).train.names
    )

    assert "min_frames" not in data.describe()
    assert clips.without_short(data, FRAMES, 22).describe() == {**data.describe(), "min_frames": 22}


def test_a_class_that_would_lose_all_its_sequences_is_named_with_the_frames_that_fit():
    data = small_data()
    lengths = np.diff(data.test.offsets)

    with pytest.raises(UserError, match="waving in the t.* split has .*choose clips of") as caught:
        clips.without_short(data, 50)

    # Neither names a flag: `evaluate`, which has none for them, may come here with other data.
    with pytest.raises(UserError, match=r": min_frames = 999 asks for .* Choose 31 or fewer$"):
        clips.without_short(data, FRAMES, 999)
    assert "--" not in str(caught.value)
    frames = int(str(caught.value).split("choose clips of ")[1].split()[0])
    assert 2 <= frames < 50 and lengths.max() < clips.frames_needed(data, 50)
