import numpy as np
import pytest

from datasets.motion_folder.gaps import fill_gaps, without_confidence, without_zeros
from datasets.motion_folder.recording import Recording
from datasets.raw_data_error import RawDataError

NAMES = ("hip", "head")
LINE = np.arange(12.0)[:, None, None] * [1, -2] + [[3, 4], [5, 6]]  # straight, so exact


def broken(first, last, joint=1):
    positions = LINE.copy()
    positions[first : last + 1, joint, 0] = np.nan
    return positions


def test_short_gaps_are_interpolated_over_time():
    positions, filled = fill_gaps(broken(3, 5), NAMES, 3)

    np.testing.assert_allclose(positions, LINE)
    assert filled == 3
    np.testing.assert_array_equal(fill_gaps(broken(10, 11), NAMES, 3)[0][11, 1], LINE[9, 1])


@pytest.mark.parametrize(
    ("gap", "where"),
    [((2, 5), "frames 2 to 5 "), ((8, 11), "frames 8 to 11 "), ((0, 11), "all frames ")],
)
def test_long_gaps_are_named(gap, where):
    with pytest.raises(RawDataError, match=f"^head is missing in {where}.* at most 3 frames"):
        fill_gaps(broken(*gap), NAMES, 3)


def test_a_joint_at_zero_in_some_frames_is_missing():
    positions = LINE.copy()
    positions[4, 1] = 0

    found, count = without_zeros(positions)

    assert count == 1 and np.isnan(found[4, 1]).all() and np.isfinite(found).sum() == 46


@pytest.mark.parametrize("frames", [slice(None), slice(0, 1)])
def test_the_origin_is_no_missing_joint(frames):
    positions = LINE.copy()
    positions[frames, 0] = 0

    assert without_zeros(positions)[1] == 0


def test_joints_of_low_confidence_are_missing():
    confidence = np.ones((12, 2))
    confidence[2, 1], confidence[3, 1] = 0.2, 0

    for lowest, missing in ((0.5, 2), (0.1, 1), (0, 1)):
        recording = Recording(LINE, confidence=confidence)
        positions, notes = without_confidence(recording, None, lowest)
        assert np.isnan(positions).all(axis=-1).sum() == missing and not notes


def test_a_third_coordinate_that_looks_like_a_confidence_is_asked_about():
    third = np.random.default_rng(0).uniform(size=(12, 2, 1))
    pixels = Recording(np.concatenate([100 * LINE, third], axis=-1))

    positions, notes = without_confidence(pixels, None, 0.5)
    assert positions.shape[-1] == 3 and '"third": "confidence"' in notes[0]
    assert without_confidence(pixels, "z", 0.5)[1] == []
    positions, notes = without_confidence(pixels, "confidence", 0.5)
    assert positions.shape[-1] == 2 and notes == []
    np.testing.assert_array_equal(np.isnan(positions[..., 0]), third[..., 0] < 0.5)
    solid = Recording(np.concatenate([LINE, third * 3], axis=-1))
    assert without_confidence(solid, None, 0.5)[1] == []
