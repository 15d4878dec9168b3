import numpy as np
import pytest

from datasets.motion_folder.rates import common_rate, resample


@pytest.mark.parametrize(
    ("rates", "common"),
    [
        ([60.0], 60),
        ([120.0, 60.0, 120.0], 120),
        ([120.0, 60.0, 60.0, 120.0], 60),
        ([30.03, 60, 29.97, 60, 30], 30.03),
    ],
)
def test_the_rate_of_most_files_is_chosen(rates, common):
    assert common_rate(rates) == common


@pytest.mark.parametrize(("rate", "new"), [(120, 60), (60, 120), (25, 30), (100, 16.7)])
def test_resampled_motion_lasts_as_long_and_goes_the_same_way(rate, new):
    motion = np.arange(61.0)[:, None, None] / rate * [1, 2]  # straight, in seconds

    found = resample(motion, rate, new)

    np.testing.assert_allclose(found, np.arange(len(found))[:, None, None] / new * [1, 2])
    assert 60 / rate - 1 / new < (len(found) - 1) / new <= 60 / rate + 1e-9


def test_every_other_frame_is_kept_at_half_the_rate():
    motion = np.random.default_rng(0).normal(size=(9, 2, 3))

    np.testing.assert_array_equal(resample(motion, 120, 60), motion[::2])
    assert resample(motion, 30, 30.03) is motion
