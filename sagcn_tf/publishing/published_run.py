"""Writes the part of a trained run that others need to generate, export and evaluate."""

import pathlib

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.report import is_measured, read_metrics
from sagcn_tf.files import write_json
from sagcn_tf.seal import NAME, is_sealed, seal


def publish_run(run_dir, output_dir, checkpoint="best"):
    """Copies the sampled networks of a run, without critics and optimizers, to a sealed folder.

    The folder is a run with one checkpoint. Its `SHA256SUMS` is written last.

    Args:
        run_dir: folder of the run.
        output_dir: the new folder. It may contain files of other names, such as a README.
        checkpoint: `"best"` or `"last"`; the copy calls it `"best"`. Default: `"best"`.

    Returns:
        `{name: bytes}`, the files and their sizes.

    Raises:
        UserError: if the run cannot be opened, or the folder is a run already or not writable.
    """
    output_dir = pathlib.Path(output_dir)
    if is_sealed(output_dir) or (output_dir / "config.json").exists():
        raise UserError(f"--output_dir={output_dir} is a run already. Choose a new folder")
    model, data, config = runs.open_run(run_dir, checkpoint)
    step = runs.checkpoint_step(run_dir, checkpoint)
    try:
        config.save(output_dir / "config.json")
        write_json(output_dir / "data.json", data.describe())
        if is_measured(run_dir, checkpoint):
            write_json(output_dir / "metrics.json", {"best": read_metrics(run_dir)[checkpoint]})
        _write_weights(model, runs.checkpoint_dir(output_dir, "best"), step)
        files = [path for path in sorted(output_dir.rglob("*")) if path.suffix != ".md"]
        names = [path.relative_to(output_dir).as_posix() for path in files if path.is_file()]
        seal(output_dir, names)
    except OSError as error:
        raise UserError(
            f"--output_dir={output_dir} cannot be written: {error}. Choose a writable folder"
        ) from error
    return {name: (output_dir / name).stat().st_size for name in [*names, NAME]}


def _write_weights(model, folder, step):
    import tensorflow as tf

    from sagcn_tf.models.weights import weights_of

    networks = {name: weights_of(model.networks[name]) for name in model.sampled}
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(**networks), str(folder), 1)
    try:
        manager.save(checkpoint_number=step)
    except tf.errors.OpError as error:
        raise OSError(error.message) from error
    (folder / "checkpoint").unlink()  # the manager's list, with times: runs find files by name
