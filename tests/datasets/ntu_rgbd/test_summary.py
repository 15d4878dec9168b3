import json

import numpy as np
import pytest

from datasets.ntu_rgbd.clip import Clip
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.recording_names import Recording
from datasets.ntu_rgbd.summary import SMALLEST_DEVIATION, Summary

RECORDING = Recording(1, 2, 3, 1, 7)
FILE = "S001C002P003R001A007.skeleton"


def clips(count, dimensions=2):
    rng = np.random.default_rng(0)
    for _ in range(count):
        motion = rng.normal(50, 200, (int(rng.integers(5, 30)), 25, dimensions))
        motion[:, 0] = 0
        yield Clip(RECORDING, motion, depth=rng.uniform(2, 5))


def assert_equal(one, other):
    for name, value in vars(one).items():
        np.testing.assert_array_equal(value, getattr(other, name))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_statistics_are_those_of_all_training_frames(dimensions):
    train, test = list(clips(20, dimensions)), list(clips(5, dimensions))
    frames = np.concatenate([clip.motion for clip in train])
    summary = Summary.join(
        [Summary.of(c, "train") for c in train] + [Summary.of(c, "test") for c in test]
    )

    mean, std = summary.mean_and_std(scale=0.25)

    np.testing.assert_allclose(mean, 0.25 * frames.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(std[1:], 0.25 * frames.std(axis=0)[1:], rtol=1e-9)
    np.testing.assert_array_equal(std[0], SMALLEST_DEVIATION)
    assert summary.mean_depth == pytest.approx(np.mean([c.depth for c in train]), abs=1e-6)
    assert summary.clips == {"train": 20, "test": 5}


def test_clips_may_be_added_up_in_any_order_and_in_parts():
    parts = [Summary.of(clip, "train") for clip in clips(9)]
    whole = Summary.join(parts)
    other = Summary.join([Summary.join(parts[5:]), Summary(), Summary.join(parts[4::-1])])

    assert other.mean_depth == whole.mean_depth
    assert (other.clips, other.frames) == (whole.clips, whole.frames)
    np.testing.assert_allclose(other.total, whole.total, rtol=1e-12)


def test_files_that_can_not_be_used_are_listed():
    damage = DamagedFileError(FILE, 12, "expected numbers, got 'x'")
    summary = Summary.join(
        [
            Summary.of(Clip(RECORDING, damage=damage), "train"),
            Summary.of(Clip(RECORDING, missing="nobody"), "test"),
        ]
    )

    assert summary.damaged == [{"file": FILE, "line": 12, "reason": "expected numbers, got 'x'"}]
    assert summary.missing == [{"file": FILE, "reason": "nobody"}]
    assert (sum(summary.clips.values()), summary.frames) == (0, 0)


def test_nothing_is_lost_in_json():
    damage = Clip(RECORDING, damage=DamagedFileError(FILE, None, "empty"))
    summary = Summary.join(
        [Summary.of(damage, "test"), *(Summary.of(c, "train") for c in clips(3))]
    )

    assert_equal(Summary.from_json(json.loads(json.dumps(summary.to_json()))), summary)
    assert_equal(Summary.from_json(json.loads(json.dumps(Summary().to_json()))), Summary())
