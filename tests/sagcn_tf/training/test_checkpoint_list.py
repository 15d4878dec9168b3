import pathlib

import pytest
import tensorflow as tf

from sagcn_tf.training.checkpoint_list import mend_checkpoint_list


@pytest.fixture
def folder(tmp_path):
    """Three checkpoints with their list, and their paths, the newest first."""
    checkpoint = tf.train.Checkpoint(number=tf.Variable(0))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=3)
    paths = [manager.save(checkpoint_number=step) for step in (2, 4, 10)]
    return str(tmp_path), paths[::-1]


@pytest.mark.parametrize("content", [b"", b"\0 no list", b'model_checkpoint_path: "ckpt-3"', None])
def test_a_damaged_list_is_written_again(folder, content):
    path, checkpoints = folder
    file = pathlib.Path(path) / "checkpoint"
    file.unlink()
    if content is not None:
        file.write_bytes(content)

    mend_checkpoint_list(path, checkpoints)

    manager = tf.train.CheckpointManager(tf.train.Checkpoint(), path, max_to_keep=3)
    assert manager.checkpoints == checkpoints[::-1]
    assert manager.latest_checkpoint == checkpoints[0]


def test_a_whole_list_stays(folder):
    path, checkpoints = folder
    before = (pathlib.Path(path) / "checkpoint").read_bytes()

    mend_checkpoint_list(path, checkpoints)

    assert (pathlib.Path(path) / "checkpoint").read_bytes() == before


def test_without_checkpoints_there_is_no_list(tmp_path):
    mend_checkpoint_list(str(tmp_path / "missing"), [])

    assert not (tmp_path / "missing").exists()
