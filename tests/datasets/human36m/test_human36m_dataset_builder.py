import logging
import pathlib
import shutil
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets import skeletons
from datasets.human36m import recordings
from datasets.human36m.human36m_dataset_builder import Builder
from datasets.raw_data_error import RawDataError
from tests.datasets.human36m import dummy_archives
from tests.datasets.preparation import NO_RAW_FILES, examples, prepare_with, refusal

NAMES = {
    1: ["Sitting 1", "SittingDown 2", "Walking"],
    5: ["Directions 2", "WalkTogether 1"],
    6: ["Walking"],
    11: ["Phoning 3", "Sitting"],
}
USED = {
    "S1 Sitting 1": "Sitting",
    "S1 SittingDown 2": "SittingDown",
    "S1 Walking": "Walking",
    "S5 Directions 2": "Directions",
    "S11 Phoning 3": "Phoning",
    "S11 Sitting": "Sitting",
}


def prepare(manual_dir, data_dir, config="2d"):
    return prepare_with(Builder, manual_dir, data_dir, config)


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    dummy_archives.write_h5_archive(folder / "h5", NAMES)
    dummy_archives.write_cdf_archive(folder / "cdf", NAMES)
    return folder


@pytest.fixture(scope="module", params=["2d", "3d"])
def config(request):
    return request.param


@pytest.fixture(scope="module")
def prepared(raw, config, tmp_path_factory):
    return prepare(raw / "h5", tmp_path_factory.mktemp("h5"), config)


@pytest.fixture(scope="module")
def train(prepared):
    return examples(prepared, "train")


@pytest.fixture(scope="module")
def held_out(prepared):
    return examples(prepared, "test")


class TfdsOwnTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's checks of every builder: registered, readable, no example in two splits."""

    DATASET_CLASS = Builder
    SPLITS = {"train": 4, "test": 2}
    SKIP_CHECKSUMS = True  # nothing is downloaded

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        dummy_archives.write_h5_archive(cls.EXAMPLE_DIR, NAMES)
        super().setUpClass()


def test_two_dimensions_are_the_default(tmp_path):
    assert tfds.builder("human36m", data_dir=tmp_path).builder_config.name == "2d"


def test_classes_are_in_the_order_of_the_papers_data(prepared):
    assert prepared.info.features["action"].names == [
        *["Directions", "Discussion", "Eating", "Greeting", "Phoning"],
        *["Posing", "Sitting", "SittingDown", "Smoking", "Walking"],
    ]


def test_examples_are_labeled_and_unused_recordings_ignored(prepared, train, held_out):
    labels = prepared.info.features["action"].names
    rows = train | held_out

    assert {name: labels[row["action"]] for name, row in rows.items()} == USED
    assert {row["camera"] for row in rows.values()} == {b"55011271"}


def test_no_subject_is_in_both_splits(train, held_out):
    assert {row["subject"] for row in train.values()} == {b"S1", b"S5"}
    assert {row["subject"] for row in held_out.values()} == {b"S11"}


def test_motion_is_float32_of_whole_sequences(train, held_out, config):
    for name, row in (train | held_out).items():
        subject, recording = name.split(" ", maxsplit=1)
        length = len(dummy_archives.world_poses(int(subject[1:]), recording))
        assert row["motion"].dtype == np.float32
        assert row["motion"].shape == (length, 15, int(config[0]))


def test_both_forms_of_raw_files_give_the_same_motion(
    raw, prepared, train, held_out, config, tmp_path
):
    from_cdf = prepare(raw / "cdf", tmp_path, config)
    tolerance = {"2d": 1e-3, "3d": 1e-2}[config]  # pixels, millimeters

    ours = train | held_out
    theirs = examples(from_cdf, "train") | examples(from_cdf, "test")
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(
            ours[name]["motion"], theirs[name]["motion"], rtol=0, atol=tolerance
        )
    for key in ("mean", "std", "mean_hip_depth"):
        np.testing.assert_allclose(
            prepared.info.metadata[key], from_cdf.info.metadata[key], rtol=0, atol=tolerance
        )


def test_motion_is_that_of_the_person_in_front_of_the_camera(prepared, train, config):
    world = dummy_archives.world_poses(1, "Walking")[:, recordings.KEPT_JOINTS]
    positions, pixels = dummy_archives.seen_by(dummy_archives.calibration(1), world)
    frame, right_knee = 4, 2
    expected = positions[frame, right_knee] - positions[frame, 0]
    if config == "2d":
        scale = positions[frame, 0, 2] / prepared.info.metadata["mean_hip_depth"]
        expected = (pixels[frame, right_knee] - pixels[frame, 0]) * scale

    motion = train["S1 Walking"]["motion"]

    np.testing.assert_allclose(motion[frame, right_knee - 1], expected, rtol=1e-5)


def test_statistics_are_those_of_the_training_subjects(prepared, train):
    frames = np.concatenate([row["motion"] for row in train.values()])
    metadata = prepared.info.metadata
    depths = []
    for subject, name in [
        (1, "Sitting 1"),
        (1, "SittingDown 2"),
        (1, "Walking"),
        (5, "Directions 2"),
    ]:
        hip = dummy_archives.world_poses(subject, name)[:, :1]
        depths.append(dummy_archives.seen_by(dummy_archives.calibration(subject), hip)[0][..., 2])

    np.testing.assert_allclose(metadata["mean"], frames.mean(axis=0, dtype=np.float64), rtol=1e-6)
    np.testing.assert_allclose(metadata["std"], frames.std(axis=0, dtype=np.float64), rtol=1e-6)
    assert metadata["mean_hip_depth"] == pytest.approx(np.concatenate(depths).mean())


def test_metadata_are_restored_when_the_data_are_opened_again(prepared, config):
    again = Builder(config=config, data_dir=prepared.data_path.parents[2])

    assert again.info.metadata == prepared.info.metadata
    assert again.info.metadata["skeleton"] == skeletons.HUMAN36M_15
    assert again.info.metadata["unit"] == {"2d": "pixel", "3d": "millimeter"}[config]
    assert again.info.metadata["frame_rate"] == 50.0
    assert (again.info.metadata["clip_start"], again.info.metadata["clip_stride"]) == (300, 3)


def test_missing_files_are_named_in_one_warning(raw, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="absl"):
        prepare(raw / "h5", tmp_path)

    [message] = [r.getMessage() for r in caplog.records if "missing" in r.getMessage()]
    assert "without 114 missing files" in message
    assert "S5/MyPoses/3D_positions/Discussion 3.h5" in message
    assert "S1/MyPoses/3D_positions/Sitting 2.h5" in message
    assert "S1/MyPoses/3D_positions/Sitting 1.h5" not in message


def test_the_missing_one_of_two_cdf_files_is_named(raw, tmp_path, caplog):
    manual_dir = shutil.copytree(raw / "cdf", tmp_path / "raw")
    dummy_archives.cdf_path(manual_dir, "D3_Positions_mono", 1, "Walking").unlink()

    with caplog.at_level(logging.WARNING, logger="absl"):
        prepare(manual_dir, tmp_path)

    [message] = [r.getMessage() for r in caplog.records if "missing" in r.getMessage()]
    assert "S1/MyPoseFeatures/D3_Positions_mono/Walking.55011271.cdf" in message
    assert "S1/MyPoseFeatures/D2_Positions/Walking.55011271.cdf" not in message


def test_the_form_with_more_recordings_is_read(raw, tmp_path):
    manual_dir = shutil.copytree(raw / "cdf", tmp_path / "raw")
    dummy_archives.write_h5_archive(manual_dir, {1: ["Walking"], 11: ["Walking 1"]})

    assert examples(prepare(manual_dir, tmp_path), "test").keys() == {
        "S11 Phoning 3",
        "S11 Sitting",
    }


def test_a_damaged_file_is_refused_by_name(raw, tmp_path):
    manual_dir = shutil.copytree(raw / "h5", tmp_path / "raw")
    dummy_archives.h5_path(manual_dir, 11, "Phoning 3").write_text("not HDF5")

    with pytest.raises(RawDataError, match=r"S11/.*/Phoning 3\.h5: expected an HDF5 file"):
        prepare(manual_dir, tmp_path)


def make_other_files(folder):
    (folder / "S1" / "Videos").mkdir(parents=True)


@pytest.mark.parametrize("make", [*NO_RAW_FILES.values(), make_other_files])
def test_without_recordings_one_error_says_what_to_get_and_where_to_put_it(make, tmp_path):
    message = refusal(prepare, make, tmp_path)

    for part in [
        str(tmp_path / "raw"),
        "register at http://vision.imar.ro/human3.6m",
        "S1/MyPoseFeatures/D2_Positions/Walking.55011271.cdf",
        "S1/MyPoses/3D_positions/Walking.h5",
        "cameras.h5",
    ]:
        assert part in message


def test_recordings_of_one_split_alone_are_refused(tmp_path):
    dummy_archives.write_h5_archive(tmp_path / "raw", {1: ["Walking"]})

    with pytest.raises(RawDataError) as caught:
        prepare(tmp_path / "raw", tmp_path)

    assert "no Human3.6M recordings of the test subjects (S11) for 2-D" in str(caught.value)
    assert "It has S1/, cameras.h5." in str(caught.value)
