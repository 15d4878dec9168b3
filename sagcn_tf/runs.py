"""The folder of a run: what lies where, and how a trained run is opened again."""

import csv
import json
import pathlib

from sagcn_tf.config import Config
from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError

CHECKPOINTS = ("best", "last")


def new_model(config: Config, data: MotionData, for_training=True):
    """The model of a run, with fresh weights that depend on `config.seed` alone.

    Args:
        config: a `Config`.
        data: the `MotionData` to train on, with or without sequences.
        for_training: False: only the networks that sampling needs. Default True.
    """
    import keras

    from sagcn_tf.models.systems import model_class

    keras.utils.set_random_seed(config.seed)
    dimensions = data.mean.shape[-1]
    return model_class(config)(
        config, len(data.class_names), data.skeleton, dimensions, for_training
    )


def checkpoint_dir(run_dir, checkpoint) -> pathlib.Path:
    """Where the checkpoints of one kind, `"best"` or `"last"`, lie."""
    return pathlib.Path(run_dir) / "checkpoints" / checkpoint


def checkpoint_step(run_dir, checkpoint) -> int | None:
    """The step of the newest checkpoint of one kind; None where there is none."""
    files = checkpoint_dir(run_dir, checkpoint).glob("ckpt-*.index")
    return max((int(path.stem.removeprefix("ckpt-")) for path in files), default=None)


def read_config(run_dir) -> Config:
    """The configuration of a run; a `UserError` says so where the folder holds none."""
    path = pathlib.Path(run_dir) / "config.json"
    if not path.is_file():
        raise UserError(f"--run_dir={run_dir} is not a run: it has no config.json. Train one first")
    return Config.load(path)


def read_data(run_dir) -> MotionData:
    """The data that a run was trained on, without sequences; a `UserError` if undescribed."""
    path = pathlib.Path(run_dir) / "data.json"
    try:
        return MotionData.from_description(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} does not describe a data set: {error!r}") from error


def read_history(path):
    """Reads the `history.csv` of a run.

    Args:
        path: a file with a line of names, `step` among them, and a line of numbers for each
            step that was noted; a value that was not measured at a step is left empty.

    Returns:
        List of dicts, one a line: name -> float, without the values left empty.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if there is no column `step`, or a value is no number.
    """
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, restval="")
        if "step" not in (reader.fieldnames or ()):
            raise ValueError(f"{path}: expected a column `step`, got {reader.fieldnames or []}.")
        return [_numbers(row, f"{path}, line {reader.line_num}") for row in reader]


def open_run(run_dir, checkpoint="best"):
    """Opens a trained run for sampling.

    Args:
        run_dir: its folder.
        checkpoint: `"best"` (lowest MMD_seq on the selection clips) or `"last"`.

    Returns:
        `(model, data, config)`: a `MotionModel` with the checkpoint's weights, a `MotionData`
        without sequences, and the `Config`.

    Raises:
        UserError: if the folder is not a run or has no such checkpoint.
    """
    config, data = read_config(run_dir), read_data(run_dir)
    if checkpoint not in CHECKPOINTS:
        raise UserError(f"checkpoint must be one of {CHECKPOINTS}, received {checkpoint!r}")
    import tensorflow as tf

    from sagcn_tf.models.weights import weights_of

    latest = tf.train.latest_checkpoint(checkpoint_dir(run_dir, checkpoint))
    if latest is None:
        raise UserError(f"{run_dir} has no {checkpoint!r} checkpoint yet: train it further")
    model = new_model(config, data, for_training=False)
    networks = {name: weights_of(model.networks[name]) for name in model.sampled}
    networks = tf.train.Checkpoint(**networks)
    try:
        networks.restore(latest).assert_existing_objects_matched().expect_partial()
    except (AssertionError, ValueError, tf.errors.OpError) as error:
        raise UserError(f"{latest} does not fit {run_dir}/config.json: {error}") from error
    return model, data, config


def _numbers(row, where):
    numbers = {}
    for name, text in row.items():
        if name is None:
            raise ValueError(f"{where}: more values than the first line has names.")
        if text:
            try:
                numbers[name] = float(text)
            except ValueError:
                raise ValueError(f"{where}: {name} is no number: {text!r}.") from None
    if "step" not in numbers:
        raise ValueError(f"{where}: the step is missing.")
    return numbers
