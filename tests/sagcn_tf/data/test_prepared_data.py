import json
import pathlib
import resource
import shutil
import subprocess
import sys
from unittest import mock

import numpy as np
import pytest

from datasets.motion_folder import motion_folder_dataset_builder
from datasets.synthetic_actions import synthetic_actions_dataset_builder
from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from tests.bvh_folder import write_bvh_folder

ROOT = pathlib.Path(__file__).parents[3]
LOAD = """
import sys
from sagcn_tf.data import input_pipeline
data = input_pipeline.load("motion_folder", *sys.argv[1:])
print(len(data.train.labels), "sequences", data.fingerprint)
"""

prepare = input_pipeline.prepare


@pytest.fixture(scope="session")
def prepared_dir(tmp_path_factory):
    """A folder with prepared synthetic data of three subjects."""
    folder = tmp_path_factory.mktemp("prepared")
    people = {"TRAIN_SUBJECTS": (1, 2), "TEST_SUBJECTS": (11,)}
    with mock.patch.multiple(synthetic_actions_dataset_builder, **people):
        input_pipeline.load("synthetic", str(folder))
    return folder


def test_loaded_data_are_standardized_whole_sequences(prepared_dir):
    data = input_pipeline.load("synthetic", str(prepared_dir))

    assert len(data.class_names) == 12 and data.skeleton.num_joints == 15
    assert data.mean.shape == data.std.shape == (15, 2) and data.unit == "pixel"
    assert 15 < data.frame_rate < 18  # after the stride
    for sequences, subjects in ((data.train, 2), (data.test, 1)):
        count = len(sequences.labels)
        assert sequences.frames.shape == (sequences.offsets[-1], 15, 2)
        assert sequences.frames.dtype == np.float32
        assert len(sequences.offsets) == count + 1 and sequences.offsets[0] == 0
        assert len(sequences.names) == len(set(sequences.names)) == count
        assert sequences.names == sorted(sequences.names)
        assert len(sequences.subjects) == count and len(set(sequences.subjects)) == subjects
        assert set(sequences.labels) == set(range(12))
    assert not set(data.train.subjects) & set(data.test.subjects)
    np.testing.assert_allclose(data.train.frames.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(data.train.frames.std(axis=0), 1, atol=1e-3)
    motion, _ = next(iter(input_pipeline.training_batches(data, 50, 4, 0)))
    assert motion.shape == (4, 50, 15, 2)


def test_metadata_can_select_resampled_clips(prepared_dir):
    with mock.patch.object(
        input_pipeline, "prepare", lambda *arguments: as_resampled(prepare(*arguments))
    ):
        data = input_pipeline.load("synthetic", str(prepared_dir))

    lengths = np.diff(data.train.offsets)
    assert data.clips == "resample" and data.fingerprint == "1f"
    assert data.clip_rate(50) == pytest.approx(49 / ((lengths - 1).mean() / 50))
    again = input_pipeline.MotionData.from_description(json.loads(json.dumps(data.describe())))
    assert again.describe() == data.describe()


def as_resampled(builder):
    builder.info.metadata.update(clips="resample", fingerprint="1f")
    return builder


def test_prepared_data_are_not_prepared_again(prepared_dir):
    with mock.patch.object(
        synthetic_actions_dataset_builder.Builder, "_split_generators", side_effect=AssertionError
    ):
        data = input_pipeline.load("synthetic", str(prepared_dir))

    assert len(data.train.labels) == 2 * len(data.test.labels)


def test_a_given_folder_is_said_not_to_be_read_again(prepared_dir, capsys):
    input_pipeline.load("synthetic", str(prepared_dir), "other_motion")

    said = capsys.readouterr().out
    assert said.startswith("synthetic was prepared before: other_motion is not read again. To prep")
    assert str(prepared_dir / "synthetic_actions") in said


def test_a_prepared_motion_folder_is_read_without_its_files(tmp_path):
    bvh = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    first = input_pipeline.load("motion_folder", str(tmp_path / "data"), str(bvh))
    shutil.rmtree(bvh)
    known = {"fingerprint": first.fingerprint}

    again = input_pipeline.load("motion_folder", str(tmp_path / "data"), **known)

    assert again.describe() == first.describe()
    np.testing.assert_array_equal(again.train.frames, first.train.frames)
    with pytest.raises(UserError, match="is not prepared in .*other.* Give --manual_dir=DIR"):
        input_pipeline.load("motion_folder", str(tmp_path / "other"), **known)


def test_a_disk_that_is_full_is_one_message_and_leaves_room_for_the_next_try(tmp_path):
    bvh = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    folders = str(tmp_path / "data"), str(bvh)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    try:
        with pytest.raises(UserError, match="motion_folder could not be prepared: .*Free some spa"):
            input_pipeline.load("motion_folder", *folders)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    assert len(input_pipeline.load("motion_folder", *folders).train.labels) == 6


def test_errors_in_a_motion_folder_are_one_message(tmp_path):
    (tmp_path / "walking").mkdir()
    (tmp_path / "walking" / "a.npy").write_text("no array")

    with pytest.raises(UserError) as caught:
        input_pipeline.load("motion_folder", str(tmp_path / "data"), str(tmp_path))

    message = str(caught.value)
    assert message.startswith(f"motion_folder could not be prepared: {tmp_path}: 3 errors\n")
    assert "two or more actions, got walking" in message
    # If no file can be read, that is the mistake, and not a missing skeleton.json.
    assert "walking/a.npy: expected an array" in message and "skeleton.json" not in message


def test_data_that_cannot_be_prepared_are_one_message(tmp_path):
    with pytest.raises(UserError, match="human36m could not be prepared: .*"):
        input_pipeline.load("human36m", str(tmp_path / "data"), str(tmp_path))


@pytest.mark.slow
def test_one_process_prepares_and_the_others_read(tmp_path):
    bvh = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    command = [sys.executable, "-c", LOAD, str(tmp_path / "data"), str(bvh)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes = [subprocess.Popen(command, **options) for _ in range(3)]
    outputs = [process.communicate() for process in processes]

    for process, (_, errors) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, errors
    assert len({output.splitlines()[-1] for output, _ in outputs}) == 1
    assert outputs[0][0].splitlines()[-1].startswith("6 sequences")


def test_data_that_another_process_completes_meanwhile_are_read(tmp_path, monkeypatch):
    bvh = str(write_bvh_folder(tmp_path / "bvh", files=3, frames=20))
    given = "motion_folder", str(tmp_path / "data"), bvh
    is_prepared = motion_folder_dataset_builder.Builder.is_prepared

    def prepared_just_now(builder):
        monkeypatch.undo()
        prepare(*given)
        return is_prepared(builder)

    monkeypatch.setattr(motion_folder_dataset_builder.Builder, "is_prepared", prepared_just_now)

    assert len(input_pipeline.load(*given).train.labels) == 6
