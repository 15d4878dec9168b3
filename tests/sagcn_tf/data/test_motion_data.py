import dataclasses
import json

import numpy as np
import pytest

from sagcn_tf.data.motion_data import MotionData
from tests.small_data import small_data


def test_standardize_gives_mean_0_and_deviation_1_and_is_invertible():
    data = small_data()
    raw = data.unstandardize(data.train.frames)

    np.testing.assert_allclose(raw.mean(axis=0), data.mean, rtol=1e-4)
    np.testing.assert_allclose(raw.std(axis=0), data.std, rtol=1e-4)
    np.testing.assert_allclose(data.standardize(raw), data.train.frames, atol=1e-5)


def test_an_old_description_without_clips_means_windows():
    old = small_data().describe()
    for name in ("clips", "seconds", "fingerprint"):
        del old[name]

    assert MotionData.from_description(old).describe() == small_data().describe()


@pytest.mark.parametrize(
    ("stored", "unit"), [("millimetre", "millimeter"), ("Metres", "Meters"), ("pixel", "pixel")]
)
def test_units_are_read_with_american_spelling(stored, unit):
    new = dataclasses.replace(small_data(), unit=unit)
    old = MotionData.from_description({**new.describe(), "unit": stored})

    assert old.unit == unit
    assert old.matches(new)


def moving(data):
    """Returns a description like `data`, of clips that keep the motion of joints 0 and 1."""
    statistics = {name: np.pad(getattr(data, name), ((0, 1), (0, 0))) for name in ("mean", "std")}
    statistics["std"][-1] = 2
    return dataclasses.replace(data, root_motion=(0, 1), **statistics)


def test_motion_of_the_root_is_a_node_of_standardized_motion_alone():
    data, raw = moving(small_data(dimensions=3)), 9 * np.ones((2, 8, 5, 3), np.float32)
    raw[..., 0] += np.arange(8)[:, None]  # a step of 1 to the right per frame

    standardized = data.standardize(raw)

    assert standardized.shape == (2, 8, 6, 3)
    np.testing.assert_allclose(
        standardized[..., -1, :], [[[12.5 / 2, 9 / 2, 0]] * 8] * 2, rtol=1e-4
    )
    again = raw - [9, 0, 9]  # where clips start is not kept
    np.testing.assert_allclose(data.unstandardize(standardized), again, atol=1e-4)
    slower = data.unstandardize(standardized, rate=25)
    np.testing.assert_allclose(slower[..., 0], again[..., 0] / 2, atol=1e-4)
    assert data.graph.num_joints == 6 and data.skeleton.num_joints == 5
    assert small_data().graph is small_data().skeleton


@pytest.mark.parametrize("data", [small_data(dimensions=3), moving(small_data(dimensions=3))])
def test_a_description_survives_json_and_has_all_but_the_sequences(data):
    described = json.loads(json.dumps(data.describe()))
    copy = MotionData.from_description(described)

    assert copy.train is None and copy.test is None
    for field in dataclasses.fields(copy):
        if field.name not in ("train", "test"):
            np.testing.assert_array_equal(getattr(copy, field.name), getattr(data, field.name))
    assert copy.mean.dtype == copy.std.dtype == np.float32
    np.testing.assert_array_equal(copy.skeleton.adjacency(), data.skeleton.adjacency())


def test_the_rate_of_resampled_clips_follows_the_mean_duration():
    windows = small_data()
    whole = dataclasses.replace(windows, clips="resample", frame_rate=30.0, seconds=1.5)

    assert windows.clip_rate(8) == windows.clip_rate(50) == 12.5
    assert whole.clip_rate(31) == 20.0  # 30 steps in 1.5 seconds


def test_clients_of_a_served_model_get_what_writers_need():
    windows = dataclasses.replace(moving(small_data(3)), stride=2, source={"up": "+z"})
    whole = dataclasses.replace(
        small_data(3), clips="resample", frame_rate=30.0, seconds=1.5, stride=1, source=None
    )

    for data in (windows, whole):
        described = json.loads(json.dumps(data.describe_served(31)))
        copy = MotionData.from_served(described)
        for name in ("dataset", "class_names", "unit", "clips", "source", "frame_rate", "stride"):
            assert getattr(copy, name) == getattr(data, name), name
        assert copy.root_motion == data.root_motion
        assert copy.clip_rate(31) == pytest.approx(data.clip_rate(31)) == described["frame_rate"]
        assert copy.recorded_rate == data.recorded_rate
        assert copy.skeleton == data.skeleton and copy.mean.shape == data.mean.shape
    for name in (
        "recorded_rate",
        "clips",
        "source",
        "root_motion",
    ):  # an export from before they existed
        del described[name]
    assert MotionData.from_served(described).recorded_rate == described["frame_rate"]
