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
