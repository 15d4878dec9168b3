import pathlib
import shutil
import tempfile
import tracemalloc
import zipfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets import skeletons
from datasets.ntu_rgbd import inventory
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.ntu_rgbd_dataset_builder import Builder
from datasets.ntu_rgbd.plain_preparation import PlainPreparation
from datasets.ntu_rgbd.task import Task
from tests.datasets.ntu_rgbd.prepared import ACTIONS, prepare, write_files
from tests.datasets.preparation import examples

SPLITS = {  # parts of the names of the recordings in each split
    "xview": {"train": ("C002", "C003"), "test": ("C001",)},
    "xsub": {"train": ("P001",), "test": ("P003",)},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of raw files, and the points in them."""
    folder = tmp_path_factory.mktemp("raw")
    return folder, write_files(folder)


@pytest.fixture(scope="module", params=["xview", "xsub", "xview_3d", "xsub_3d"])
def config(request):
    return request.param


@pytest.fixture(scope="module")
def prepared(written, config, tmp_path_factory):
    return prepare(written[0], tmp_path_factory.mktemp("data"), config)


@pytest.fixture(scope="module")
def splits(prepared):
    return {split: examples(prepared, split) for split in ("train", "test")}


class TfdsOwnTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's checks of every builder: registered, readable, no example in two splits."""

    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["xview", "xsub_3d"]
    SPLITS = {"train": 4, "test": 4}
    SKIP_CHECKSUMS = True  # nothing is downloaded

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for recording in write_files(cls.EXAMPLE_DIR):
            if recording.camera == 3:  # so that both splits have the same size in both benchmarks
                (cls.EXAMPLE_DIR / f"{recording.name}.skeleton").unlink()
        super().setUpClass()


def test_xview_in_two_dimensions_is_the_default(tmp_path):
    assert tfds.builder("ntu_rgbd", data_dir=tmp_path).builder_config.name == "xview"


def test_no_camera_or_subject_is_in_two_splits(splits, written, config):
    benchmark = config.removesuffix("_3d")
    names = {recording.name for recording in written[1]}

    for split, parts in SPLITS[benchmark].items():
        assert set(splits[split]) == {n for n in names if any(part in n for part in parts)}
    key = {"xview": "camera", "xsub": "subject"}[benchmark]
    seen = {split: {row[key] for row in splits[split].values()} for split in splits}
    assert not seen["train"] & seen["test"]


def test_examples_say_what_the_name_of_the_file_says(prepared, splits):
    labels = prepared.info.features["action"].names
    assert len(labels) == 10

    for name, row in (splits["train"] | splits["test"]).items():
        assert labels[row["action"]] == ACTIONS[int(name[-3:])]
        assert row["camera"].decode() == name[4:8]
        assert row["subject"].decode() == name[8:12]


def test_motion_is_that_of_the_person_in_front_of_the_camera(prepared, splits, written, config):
    metadata = prepared.info.metadata
    for recording, points in written[1].items():
        row = (splits["train"] | splits["test"])[recording.name]
        expected, tolerance = points - points[0, 0], 2e-6  # meters
        if not config.endswith("_3d"):
            # The image is mirrored.
            pixels = 1060 * points[..., :2] / points[..., 2:] * [-1, 1]
            expected = (pixels - pixels[0, 0]) * points[0, 0, 2] / metadata["mean_depth"]
            tolerance = 2e-3  # pixels
        assert row["motion"].dtype == np.float32
        np.testing.assert_allclose(row["motion"], expected, atol=tolerance)


def test_statistics_are_those_of_the_training_split(prepared, splits, written, config):
    metadata = prepared.info.metadata
    frames = np.concatenate([row["motion"] for row in splits["train"].values()]).astype(float)
    depths = [
        points[0, 0, 2]
        for recording, points in written[1].items()
        if recording.name in splits["train"]
    ]

    np.testing.assert_allclose(metadata["mean"], frames.mean(axis=0), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        metadata["std"], np.maximum(frames.std(axis=0), 1e-3), rtol=1e-4, atol=1e-6
    )
    assert metadata["mean_depth"] == pytest.approx(np.mean(depths), abs=1e-5)


def test_metadata_are_restored_when_the_data_are_opened_again(prepared, config):
    again = Builder(config=config, data_dir=prepared.data_path.parents[2])

    assert again.info.metadata == prepared.info.metadata
    assert again.info.metadata["skeleton"] == skeletons.NTU_25
    assert again.info.metadata["unit"] == ("meter" if config.endswith("_3d") else "pixel")
    assert again.info.metadata["frame_rate"] == 30.0
    assert again.info.metadata["clips"] == "resample"


@pytest.mark.parametrize("place", ["folder", "zip"])
def test_the_owners_folder_and_zip_file_give_the_same_examples(written, tmp_path, place):
    if place == "folder":
        shutil.copytree(written[0], tmp_path / inventory.FOLDER)
    else:
        with zipfile.ZipFile(tmp_path / inventory.ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in written[0].iterdir():
                archive.write(path, f"{inventory.FOLDER}/{path.name}")
    ours = prepare(written[0], tmp_path / "a")
    theirs = prepare(tmp_path, tmp_path / "b")

    assert ours.info.metadata == theirs.info.metadata
    for split in ("train", "test"):
        expected, got = examples(ours, split), examples(theirs, split)
        assert expected.keys() == got.keys()
        for name, row in expected.items():
            np.testing.assert_array_equal(row["motion"], got[name]["motion"])


def test_memory_does_not_grow_with_the_number_of_files(written):
    recordings = FolderSource(written[0]).recordings()[:2]
    task = Task(FolderSource(written[0]), "xview", 2, drop_untracked=True)
    preparation = PlainPreparation()

    def peak(repetitions):
        tracemalloc.start()
        preparation.summarize(task, recordings * repetitions)
        for _ in preparation.examples(task, recordings * repetitions, 1.0):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    peak(1)  # imports and caches
    assert peak(20) < 1.1 * peak(1)
