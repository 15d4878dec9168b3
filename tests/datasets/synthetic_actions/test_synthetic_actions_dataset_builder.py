"""The builder prepares all configurations, and their metadata are correct."""

from unittest import mock

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets.skeletons import HUMAN36M_15, NTU_25
from datasets.synthetic_actions import synthetic_actions_dataset_builder as builder_module
from datasets.synthetic_actions.actions import ACTIONS

CONFIGS = {
    "joints15_2d": (HUMAN36M_15, 2, "pixel"),
    "joints15_3d": (HUMAN36M_15, 3, "millimeter"),
    "joints25_2d": (NTU_25, 2, "pixel"),
    "joints25_3d": (NTU_25, 3, "millimeter"),
}
EXAMPLES_OF_A_SUBJECT = 12 * 2 * 3  # actions, repetitions, cameras


def few_subjects():
    return mock.patch.multiple(builder_module, TRAIN_SUBJECTS=(1, 2), TEST_SUBJECTS=(11,))


class SyntheticActionsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = builder_module.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["joints15_2d"]
    SPLITS = {"train": 2 * EXAMPLES_OF_A_SUBJECT, "test": EXAMPLES_OF_A_SUBJECT}
    EXAMPLE_DIR = "."  # there is nothing to download
    SKIP_CHECKSUMS = True
    SKIP_TF1_GRAPH_MODE = True

    def setUp(self):
        self.enterContext(few_subjects())
        super().setUp()


@pytest.fixture(scope="module", params=CONFIGS)
def prepared(request, tmp_path_factory):
    """Returns the name of a configuration and its builder, opened again after preparing."""
    folder = tmp_path_factory.mktemp("data")
    with few_subjects():
        builder_module.Builder(
            config=request.param, data_dir=folder, file_format="tfrecord"
        ).download_and_prepare()
    return request.param, tfds.builder(f"synthetic_actions/{request.param}", data_dir=folder)


def examples(builder, split):
    return list(builder.as_dataset(split).as_numpy_iterator())


def test_examples_hold_whole_centered_sequences(prepared):
    name, builder = prepared
    skeleton, dimensions, _ = CONFIGS[name]
    for example in examples(builder, "train"):
        motion = example["motion"]
        assert motion.dtype == np.float32
        assert 190 <= len(motion) <= 260
        assert motion.shape[1:] == (len(skeleton["joints"]), dimensions)
        assert np.isfinite(motion).all()
        if skeleton is NTU_25:
            np.testing.assert_array_equal(motion[:, 0], 0)
        head, foot = (skeleton["joints"].index(joint) for joint in ("Head", "LFoot"))
        assert motion[:, head, 1].mean() < 0 < motion[:, foot, 1].mean()  # y points down


def test_metadata_come_back_and_are_those_of_the_train_split(prepared):
    name, builder = prepared
    skeleton, _, unit = CONFIGS[name]
    metadata = builder.info.metadata
    frames = np.concatenate([example["motion"] for example in examples(builder, "train")])
    frames = frames.astype(np.float64)
    deviation = np.maximum(frames.std(axis=0), builder_module.SMALLEST_DEVIATION)
    np.testing.assert_allclose(metadata["mean"], frames.mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(metadata["std"], deviation, rtol=1e-9)
    assert metadata["skeleton"] == skeleton
    assert metadata["frame_rate"] == 50.0
    assert (metadata["clip_stride"], metadata["clip_start"]) == (3, 0)
    assert metadata["unit"] == unit


def test_splits_share_no_subject_and_hold_every_class_and_camera(prepared):
    _, builder = prepared
    splits = {split: examples(builder, split) for split in ("train", "test")}
    subjects = {split: {one["subject"] for one in splits[split]} for split in splits}
    assert subjects == {"train": {b"P001", b"P002"}, "test": {b"P011"}}
    for split in splits.values():
        assert {one["action"] for one in split} == set(range(12))
        assert {one["camera"] for one in split} == {b"left", b"front", b"right"}
        assert len({one["name"] for one in split}) == len(split)
    assert builder.info.features["action"].names == list(ACTIONS)


def test_people_are_as_large_as_people(prepared):
    name, builder = prepared
    skeleton, _, unit = CONFIGS[name]
    # Millimeters of a thigh; pixels of one that is seen across, about 4 m away.
    shortest, longest = {"millimeter": (350, 520), "pixel": (90, 150)}[unit]
    knee, hip = (skeleton["joints"].index(joint) for joint in ("LKnee", "LHip"))
    thighs = [one["motion"][:, knee] - one["motion"][:, hip] for one in examples(builder, "test")]
    lengths = [np.linalg.norm(thigh, axis=-1).max() for thigh in thighs]
    assert shortest < np.median(lengths) < longest


def test_the_default_configuration_is_the_image_of_15_joints(tmp_path):
    assert builder_module.Builder(data_dir=tmp_path).builder_config.name == "joints15_2d"


def test_train_and_test_have_different_subjects():
    assert len(builder_module.TRAIN_SUBJECTS) >= 8
    assert len(builder_module.TEST_SUBJECTS) >= 2
    assert not set(builder_module.TRAIN_SUBJECTS) & set(builder_module.TEST_SUBJECTS)
