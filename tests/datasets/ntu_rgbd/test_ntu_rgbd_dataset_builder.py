import json
import logging
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
from datasets.ntu_rgbd.ntu_rgbd_dataset_builder import Builder, NtuRgbdConfig
from datasets.ntu_rgbd.plain_preparation import PlainPreparation
from datasets.ntu_rgbd.recording_names import Recording
from datasets.ntu_rgbd.task import Task
from datasets.raw_data_error import RawDataError
from tests.datasets.ntu_rgbd.write_skeleton_files import write

ACTIONS = {7: "throw", 27: "jump_up"}
SUBJECTS = [1, 3]
FRAME_RATE = 5  # for small files
SPLITS = {  # parts of the names of the recordings in each split
    "xview": {"train": ("C002", "C003"), "test": ("C001",)},
    "xsub": {"train": ("P001",), "test": ("P003",)},
}


def write_files(folder):
    return write(folder, SUBJECTS, tuple(ACTIONS), FRAME_RATE)


def prepare(manual_dir, data_dir, config="xview"):
    builder = Builder(config=config, data_dir=data_dir, file_format="tfrecord")
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
    )
    return builder


def examples(builder, split):
    """Returns {name: example} of a split."""
    rows = tfds.as_numpy(builder.as_dataset(split=split))
    return {row["name"].decode(): row for row in rows}


def report_of(data_dir, config="xview"):
    return json.loads((data_dir / "ntu_rgbd" / config / "raw_files_report.json").read_text())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of raw files, and the points in them."""
    folder = tmp_path_factory.mktemp("raw")
    return folder, write_files(folder)


@pytest.fixture
def raw(written, tmp_path):
    """A copy of the raw files, to be changed."""
    return shutil.copytree(written[0], tmp_path / "raw")


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
        cls.EXAMPLE_DIR = pathlib.Path(tempfile.mkdtemp())
        for recording in write_files(cls.EXAMPLE_DIR):
            if recording.camera == 3:  # so that both splits have the same size in both benchmarks
                (cls.EXAMPLE_DIR / f"{recording.name}.skeleton").unlink()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.EXAMPLE_DIR)


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
    assert again.info.metadata["unit"] == ("metre" if config.endswith("_3d") else "pixel")
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


def path_of(folder, camera=2, subject=1, action=7):
    return folder / f"S001C{camera:03}P{subject:03}R001A{action:03}.skeleton"


def warnings(caplog):
    """Returns the warnings of the builder, without those of TFDS."""
    messages = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    return [message for message in messages if "NTU RGB+D" in message]


def test_a_part_of_the_data_set_is_summed_up_in_one_warning(raw, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="absl"):
        prepare(raw, tmp_path)

    [message] = warnings(caplog)
    assert "9468 of the 9480 recordings of the ten actions are missing" in message
    assert "per action: jump_up 6, throw 6" in message
    assert "per camera: C001 4, C002 4, C003 4" in message
    assert "per subject: P001 6, P003 6" in message
    assert f"put {inventory.MISSING_LIST} beside" in message


def damage_one_of_24(raw):
    write(raw, [2, 4], tuple(ACTIONS), FRAME_RATE)
    path = path_of(raw, subject=4)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:40], "text", *lines[41:]]))
    return path


def test_a_damaged_file_is_left_out_and_reported(raw, tmp_path, caplog):
    path = damage_one_of_24(raw)

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert sum(info.num_examples for info in builder.info.splits.values()) == 23
    assert path.stem not in examples(builder, "train")
    assert report_of(tmp_path) == {
        "source": str(raw),
        "found": 24,
        "listed": [],
        "read": 24,
        "usable": {"train": 15, "test": 8},
        "missing": [],
        "damaged": [{"file": path.name, "line": 41, "reason": "expected numbers, got 'text'"}],
    }
    [message] = warnings(caplog)
    assert f"1 of 24 files are damaged and left out: {path.name}, line 41: expected" in message
    assert str(tmp_path / "ntu_rgbd" / "xview" / "raw_files_report.json") in message


def test_a_damaged_file_changes_nothing_else(raw, tmp_path):
    path = damage_one_of_24(raw)
    with_it = prepare(raw, tmp_path / "a")
    path.unlink()
    without_it = prepare(raw, tmp_path / "b")

    assert with_it.info.metadata == without_it.info.metadata


def test_too_many_damaged_files_fail_the_build_and_leave_nothing(raw, tmp_path):
    path_of(raw).write_bytes(b"\0")  # 1 of 12 is more than 5 %

    with pytest.raises(
        RawDataError, match=r"1 of 12 files are damaged, more than 5%: S001.*line 1"
    ):
        prepare(raw, tmp_path)

    assert len(report_of(tmp_path)["damaged"]) == 1
    assert not list((tmp_path / "ntu_rgbd" / "xview").glob("*1.0.0*"))


def test_the_share_of_damaged_files_can_be_chosen(raw, tmp_path):
    path_of(raw).write_bytes(b"\0")
    tolerant = NtuRgbdConfig(
        name="tolerant", description="xview, some damage", largest_damaged_share=0.1
    )

    assert prepare(raw, tmp_path, tolerant).info.splits["train"].num_examples == 7


def test_recordings_without_a_skeleton_are_left_out_and_reported(raw, tmp_path, caplog):
    path_of(raw).write_text("2\n0\n0\n")

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert builder.info.splits["train"].num_examples == 7
    [missing] = report_of(tmp_path)["missing"]
    assert missing == {"file": path_of(raw).name, "reason": "no body in any of 2 frames"}
    assert "fewer than half of the frames: 1. To use the owners' list" in warnings(caplog)[0]


def test_listed_recordings_are_left_out(raw, tmp_path, caplog):
    listed = path_of(raw)
    (raw / inventory.MISSING_LIST).write_text(listed.stem)
    path_of(raw, camera=3).write_text("2\n0\n0\n")

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert builder.info.splits["train"].num_examples == 6
    assert report_of(tmp_path)["listed"] == [listed.stem]
    assert "without a usable skeleton that are not in the list: 1." in warnings(caplog)[0]


def test_where_no_recording_of_a_split_is_usable_the_build_fails(raw, tmp_path):
    for subject in SUBJECTS:
        for action in ACTIONS:
            path_of(raw, 1, subject, action).write_text("1\n0\n")

    with pytest.raises(RawDataError, match="none of the 12 files is usable for test"):
        prepare(raw, tmp_path)


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


def make_nothing(folder):
    pass


def make_empty_folder(folder):
    folder.mkdir()


def make_other_files(folder):
    folder.mkdir()
    (folder / f"{Recording(1, 1, 1, 1, 2).name}.skeleton").touch()
    (folder / "nturgbd_skeletons_s018_to_s032.zip").touch()


def make_a_file(folder):
    folder.write_text("not a folder")


@pytest.mark.parametrize("make", [make_nothing, make_empty_folder, make_other_files, make_a_file])
def test_without_recordings_one_error_says_what_to_get_and_where_to_put_it(make, tmp_path):
    make(tmp_path / "raw")

    with pytest.raises(RawDataError) as caught:
        prepare(tmp_path / "raw", tmp_path / "data")

    for part in [
        str(tmp_path / "raw"),
        "register at https://rose1.ntu.edu.sg/dataset/actionRecognition",
        "nturgbd_skeletons_s001_to_s017.zip",
        "nturgb+d_skeletons/S001C001P001R001A001.skeleton",
        "NTU_RGBD_samples_with_missing_skeletons.txt",
    ]:
        assert part in str(caught.value)


def test_recordings_of_one_split_alone_are_refused(raw, tmp_path):
    for subject in SUBJECTS:
        for action in ACTIONS:
            path_of(raw, 1, subject, action).unlink()

    with pytest.raises(RawDataError, match="none of the 8 found is for test"):
        prepare(raw, tmp_path)
