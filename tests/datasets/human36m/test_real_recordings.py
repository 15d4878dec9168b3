"""Tests with the published recordings, if they are beside the repository: known figures."""

import pathlib
import time

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets.human36m.human36m_dataset_builder import Builder

RAW = pathlib.Path(__file__).parents[4] / "shared" / "data" / "human36m"

pytestmark = pytest.mark.skipif(
    not (RAW / "cameras.h5").exists(),
    reason=f"the licensed Human3.6M recordings are not in {RAW}",
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The builder, and the seconds that preparation took."""
    builder = Builder(config="2d", data_dir=tmp_path_factory.mktemp("data"), file_format="tfrecord")
    start = time.monotonic()
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=RAW))
    return builder, time.monotonic() - start


@pytest.fixture(scope="module")
def train(prepared):
    return list(tfds.as_numpy(prepared[0].as_dataset(split="train")))


def test_preparation_takes_less_than_a_minute(prepared):
    assert prepared[1] < 60


def test_the_mean_depth_of_the_hip(prepared):
    assert prepared[0].info.metadata["mean_hip_depth"] == pytest.approx(5730.9, abs=0.05)


def test_how_many_sequences_there_are(prepared):
    sizes = {split: info.num_examples for split, info in prepared[0].info.splits.items()}

    assert sizes == {"train": 95, "test": 20}  # of 100 and 20; five are missing there


def test_every_sequence_is_long_enough_for_clips(prepared, train):
    test = tfds.as_numpy(prepared[0].as_dataset(split="test"))

    assert min(len(row["motion"]) for row in [*train, *test]) == 992


def test_the_range_of_standardized_training_data(prepared, train):
    metadata = prepared[0].info.metadata
    frames = np.concatenate([row["motion"] for row in train])
    standardized = (frames - np.array(metadata["mean"])) / np.array(metadata["std"])

    assert standardized.min() == pytest.approx(-7.7, abs=0.05)
    assert standardized.max() == pytest.approx(10.3, abs=0.05)
    np.testing.assert_allclose(np.percentile(standardized, [1, 99]), [-2.7, 2.8], atol=0.05)


def test_people_are_upright_with_y_down(prepared, train):
    joints = prepared[0].info.metadata["skeleton"]["joints"]
    standing = [row["motion"] for row in train if b"Walking" in row["name"]]
    height = {joint: np.concatenate(standing)[:, joints.index(joint), 1] for joint in joints}

    assert (height["Head"] < height["Thorax"]).all()
    assert (height["Thorax"] < 0).all()
    assert (height["LKnee"] > 0).all()
    assert (height["RFoot"] > 0).all()
