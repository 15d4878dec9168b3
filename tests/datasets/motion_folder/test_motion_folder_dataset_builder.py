"""The builder prepares any skeleton, and keeps the data of different files apart."""

import json
import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets.motion_folder.motion_folder_dataset_builder import Builder, folder_config
from datasets.raw_data_error import RawDataError
from sagcn_tf.skeleton import Skeleton
from tests.bvh_folder import ACTIONS, JOINTS, write_bvh_folder


class MotionFolderTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = Builder
    SPLITS = {"train": 3 * 4, "test": 3}
    SKIP_CHECKSUMS = True
    SKIP_TF1_GRAPH_MODE = True

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.config = folder_config(write_bvh_folder(pathlib.Path(folder), files=5, frames=9))
        cls.EXAMPLE_DIR = folder
        cls.BUILDER_CONFIG_NAMES_TO_TEST = [cls.config]
        super().setUpClass()

    def _make_builder(self, config=None):
        return super()._make_builder(config or self.config)


def prepare(folder, data_dir):
    config = folder_config(folder)
    builder = Builder(config=config, data_dir=data_dir, file_format="tfrecord")
    builder.download_and_prepare()
    return tfds.builder_from_directory(builder.data_dir)


def examples(builder, split):
    return sorted(builder.as_dataset(split).as_numpy_iterator(), key=lambda one: one["name"])


def write_arrays(folder, motions, **description):
    names = [f"joint{number}" for number in range(motions[0].shape[1])]
    body = {"joints": names, "edges": [[0, number] for number in range(1, len(names))]}
    folder.mkdir()
    (folder / "skeleton.json").write_text(json.dumps({**body, **description}))
    for number, motion in enumerate(motions):
        path = folder / ("odd" if number % 2 else "even") / f"{number}.npy"
        path.parent.mkdir(exist_ok=True)
        np.save(path, motion)
    return folder


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(9 + number, 4, 2)).cumsum(axis=0) for number in range(6)]


def test_a_folder_of_bvh_files_is_prepared(tmp_path):
    builder = prepare(write_bvh_folder(tmp_path / "bvh", files=5, frames=9), tmp_path / "data")

    metadata = builder.info.metadata
    skeleton = Skeleton.from_metadata(metadata["skeleton"])
    assert skeleton.joints == tuple(JOINTS) and len(skeleton.left) == len(skeleton.right) == 8
    assert builder.info.features["action"].names == list(ACTIONS)
    assert metadata["frame_rate"] == pytest.approx(30, rel=1e-4) and metadata["clip_stride"] == 2
    assert (metadata["clips"], metadata["clip_start"], metadata["unit"]) == ("window", 0, "unit")
    train, test = examples(builder, "train"), examples(builder, "test")
    assert [one["name"].decode() for one in test] == [f"{name}/take5.bvh" for name in ACTIONS]
    assert not {one["name"] for one in train} & {one["name"] for one in test}
    assert train[0]["motion"].shape == (9, 22, 3)


def test_statistics_are_those_of_the_training_frames(tmp_path, walks):
    builder = prepare(write_arrays(tmp_path / "arrays", walks), tmp_path / "data")

    frames = np.concatenate([one["motion"] for one in examples(builder, "train")])
    metadata, deviation = builder.info.metadata, frames.std(axis=0)
    np.testing.assert_allclose(metadata["mean"], frames.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(metadata["std"][1:], deviation[1:], rtol=1e-5)
    # The root is at the origin in every frame.
    np.testing.assert_allclose(metadata["std"][0], 1e-4 * deviation.max(), rtol=1e-5)
    assert metadata["unit"] == "pixel" and metadata["frame_rate"] == 30


def test_the_description_reaches_the_metadata(tmp_path, walks):
    given = {"unit": "meter", "clips": "resample", "frame_rate": 120}
    folder = write_arrays(tmp_path / "arrays", walks, **given)

    metadata = prepare(folder, tmp_path / "data").info.metadata

    assert {name: metadata[name] for name in given} == given
    assert metadata["clip_stride"] == 7  # 17.1 frames per second
    chosen = write_arrays(tmp_path / "chosen", walks, clip_stride=3)
    assert prepare(chosen, tmp_path / "data").info.metadata["clip_stride"] == 3


def test_prepared_data_of_different_files_never_meet(tmp_path, walks):
    first = prepare(write_arrays(tmp_path / "a", walks), tmp_path / "data")
    moved = prepare(write_arrays(tmp_path / "b", walks), tmp_path / "data")
    other = prepare(write_arrays(tmp_path / "c", walks[::-1]), tmp_path / "data")
    np.save(tmp_path / "a" / "even" / "2.npy", walks[2] + 1)
    changed = prepare(tmp_path / "a", tmp_path / "data")

    assert first.data_dir == moved.data_dir
    assert len({builder.data_dir for builder in (first, other, changed)}) == 3
    for builder in (first, other, changed):
        assert builder.info.metadata["fingerprint"] in str(builder.data_dir)


def test_errors_leave_nothing_prepared(tmp_path, walks):
    folder = write_arrays(tmp_path / "a", [walks[0], *[np.full((9, 4, 2), np.nan)] * 3])

    with pytest.raises(RawDataError, match="(?s)even: expected .* odd/1.npy: joint0 is missing in"):
        prepare(folder, tmp_path / "data")

    assert not list((tmp_path / "data").rglob("*.tfrecord*"))


def test_files_that_are_left_out_are_listed_beside_the_prepared_data(tmp_path, walks, caplog):
    folder = write_arrays(tmp_path / "a", walks)
    for number in range(12):
        (folder / "even" / f"bad{number:02}.npy").write_bytes(b"")

    builder = prepare(folder, tmp_path / "data")

    report = json.loads(
        (pathlib.Path(builder.data_dir).parent / "raw_files_report.json").read_text()
    )
    assert [one["file"] for one in report["damaged"]] == [f"even/bad{n:02}.npy" for n in range(12)]
    assert "12 of 18 files are left out" in caplog.text and "and 2 more" in caplog.text
    assert len(examples(builder, "train")) + len(examples(builder, "test")) == 6


def test_mirrored_recordings_are_added_to_the_training_split(tmp_path, walks):
    given = {"mirror": True, "left": [1], "right": [2]}
    builder = prepare(write_arrays(tmp_path / "a", walks, **given), tmp_path / "data")

    first, again = examples(builder, "train")[:2]
    assert (first["name"], again["name"]) == (b"even/0.npy", b"even/0.npy (mirrored)")
    np.testing.assert_array_equal(again["motion"], first["motion"][:, [0, 2, 1, 3]] * [-1, 1])
    assert len(examples(builder, "train")) == 8 and len(examples(builder, "test")) == 2


def test_projected_motion_has_the_unit_of_the_files(tmp_path):
    folder = write_bvh_folder(tmp_path / "bvh", files=2, frames=9)
    (folder / "skeleton.json").write_text('{"projection": "side"}')

    metadata = prepare(folder, tmp_path / "data").info.metadata

    assert metadata["unit"] == "unit" and np.shape(metadata["mean"]) == (22, 2)


def test_the_metadata_keep_what_is_needed_to_write_such_files_again(tmp_path):
    builder = prepare(write_bvh_folder(tmp_path / "bvh", files=2, frames=9), tmp_path / "data")

    source = builder.info.metadata["source"]
    assert source["up"] == "+y" and source["frame_rate"] == pytest.approx(30, rel=1e-4)
    assert source["rig"]["joints"] == list(JOINTS) and source["rig"]["offsets"][2] == [0, -43, 0]
    assert len(source["rig"]["ends"]) == 5 and len(source["rig"]["channels"][0]) == 6
    assert source["rig"]["pose"][0] == [0, 0, 0, 1]  # the hips do not turn
    assert -10 < source["rig"]["ground"] < 5  # of centimeters


def test_a_folder_in_which_nothing_moves_is_refused(tmp_path):
    folder = write_arrays(tmp_path / "a", [np.ones((9, 4, 2))] * 4)

    with pytest.raises(RawDataError, match="no joint moves relative to joint0"):
        prepare(folder, tmp_path / "data")


def test_a_folder_has_to_be_given(tmp_path):
    with pytest.raises(RawDataError, match=r"Builder\(config=folder_config\(DIR\)\)"):
        Builder(data_dir=tmp_path)
    with pytest.raises(RawDataError, match="--manual_dir"):
        folder_config(None)
