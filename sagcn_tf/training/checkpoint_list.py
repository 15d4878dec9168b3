"""Checks a checkpoint, and repairs TensorFlow's list of the checkpoints in a folder."""

import contextlib
import pathlib

import tensorflow as tf


def check_whole(path):
    """Reads all values of a checkpoint, so that TensorFlow verifies their checksums.

    Args:
        path: the checkpoint. None counts as damage.

    Raises:
        One of `DAMAGE` of `models/weights.py`: if the checkpoint is damaged.
    """
    if path is None:
        raise LookupError("no such file")
    reader = tf.train.load_checkpoint(path)
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)


def mend_checkpoint_list(folder, paths):
    """Rewrites the file `checkpoint`, unless it names the newest checkpoint.

    `tf.train.CheckpointManager` keeps its list of checkpoints there, and fails if it is damaged.

    Args:
        folder: the folder of the checkpoints.
        paths: the checkpoints that lie there, the newest first.
    """
    newest = paths[0] if paths else None
    with contextlib.suppress(ValueError, tf.errors.OpError):
        if tf.train.latest_checkpoint(folder) == newest:
            return
    (pathlib.Path(folder) / "checkpoint").unlink(missing_ok=True)
    if paths:
        oldest_first = list(reversed(paths))
        times = [pathlib.Path(f"{path}.index").stat().st_mtime for path in oldest_first]
        # The manager deletes only checkpoints that are newer than the last preserved one.
        tf.compat.v1.train.update_checkpoint_state(
            folder,
            newest,
            oldest_first,
            all_model_checkpoint_timestamps=times,
            last_preserved_timestamp=min(times) - 1,
        )
