"""Reads the folder of a run: its configuration, data description, history and checkpoints."""

import csv
import math
import pathlib

from sagcn_tf.config import Config
from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError, short
from sagcn_tf.files import read_json
from sagcn_tf.seal import check_seal, is_sealed

CHECKPOINTS = ("best", "last")


def new_model(config: Config, data: MotionData, for_training=True):
    """Creates the model of a run, with initial weights that depend on `config.seed` only.

    Args:
        config: a `Config`.
        data: the `MotionData` to train on, with or without sequences.
        for_training: whether to create all networks. If False, only those that sampling needs are
            created. Default: True.

    Returns:
        A `MotionModel`.
    """
    import keras

    from sagcn_tf.models.systems import model_class

    keras.utils.set_random_seed(config.seed)
    dimensions = data.mean.shape[-1]
    return model_class(config)(config, len(data.class_names), data.graph, dimensions, for_training)


def checkpoint_dir(run_dir, checkpoint) -> pathlib.Path:
    """Returns the folder of the `"best"` or the `"last"` checkpoints."""
    return pathlib.Path(run_dir) / "checkpoints" / checkpoint


def checkpoints(run_dir, checkpoint) -> dict[int, str]:
    """Returns `{step: path}` of the `"best"` or the `"last"` checkpoints, the newest first.

    They are found by their files: TensorFlow's list of them may be damaged.
    """
    files = checkpoint_dir(run_dir, checkpoint).glob("ckpt-*.index")
    steps = sorted((int(path.stem.removeprefix("ckpt-")) for path in files), reverse=True)
    return {step: str(checkpoint_dir(run_dir, checkpoint) / f"ckpt-{step}") for step in steps}


def checkpoint_step(run_dir, checkpoint) -> int | None:
    """Returns the step of the newest `"best"` or `"last"` checkpoint, or None without one."""
    return next(iter(checkpoints(run_dir, checkpoint)), None)


def has_begun(run_dir) -> bool:
    """Returns whether a run has a checkpoint or a history."""
    history = (pathlib.Path(run_dir) / "history.csv").exists()
    return history or checkpoint_step(run_dir, "last") is not None


def read_config(run_dir) -> Config:
    """Reads the configuration of a run.

    Raises:
        UserError: if the folder has none, or is a published run whose files were changed.
    """
    path = pathlib.Path(run_dir) / "config.json"
    if not path.is_file():
        raise UserError(f"{run_dir} is not a run: it has no config.json. Train one first")
    check_seal(run_dir)
    return Config.load(path)


def read_data(run_dir) -> MotionData:
    """Reads the description of a run's data set.

    Args:
        run_dir: folder of the run.

    Returns:
        A `MotionData` without sequences.

    Raises:
        UserError: if `data.json` is missing or damaged.
    """
    path = pathlib.Path(run_dir) / "data.json"
    try:
        return MotionData.from_description(read_json(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} does not describe a data set ({short(error)}). Restore the file, or train "
            "a new run"
        ) from error


def read_history(path):
    """Reads the `history.csv` of a run.

    Args:
        path: a CSV file with a header that includes `step`, and one line of numbers per logged
            step. Values that were not measured at a step are empty.

    Returns:
        List of dicts, one per line: name -> float, without the empty values.

    Raises:
        UserError: if the file cannot be read, has no column `step`, or a value is not a number.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, restval="")
            if "step" not in (reader.fieldnames or ()):
                raise ValueError(f"expected a column `step`, got {reader.fieldnames or []}")
            return [_numbers(row, reader.line_num) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(
            f"{path} is not a readable training history: {error}. Restore the file, or move it "
            "away to resume the run without its earlier history"
        ) from error


def open_run(run_dir, checkpoint="best"):
    """Opens a trained run for sampling.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` (lowest MMD_seq on the selection clips) or `"last"`. Default: `"best"`.

    Returns:
        `(model, data, config)`: a `MotionModel` with the weights of the checkpoint, a `MotionData`
        without sequences, and the `Config`.

    Raises:
        UserError: if the folder is not a run, or has no such checkpoint or a damaged one.
    """
    config, data = read_config(run_dir), read_data(run_dir)
    if checkpoint not in CHECKPOINTS:
        raise UserError(f"checkpoint must be one of {CHECKPOINTS}, received {checkpoint!r}")
    import tensorflow as tf

    from sagcn_tf.models.weights import DAMAGE, weights_of

    latest = next(iter(checkpoints(run_dir, checkpoint).values()), None)
    if latest is None:
        rest = ". Use --checkpoint=best" if is_sealed(run_dir) else " yet. Train it further"
        raise UserError(f"{run_dir} has no {checkpoint!r} checkpoint{rest}")
    model = new_model(config, data, for_training=False)
    networks = {name: weights_of(model.networks[name]) for name in model.sampled}
    networks = tf.train.Checkpoint(**networks)
    try:
        networks.restore(latest).assert_existing_objects_matched().expect_partial()
    except DAMAGE as error:
        raise UserError(
            f"{latest} is damaged or does not match {run_dir}/config.json ({short(error)}). Use "
            "the other checkpoint, restore both files from the same run, or train a new run"
        ) from error
    return model, data, config


def _numbers(row, line):
    """Returns the values of a row of `csv.DictReader` as floats, without the empty ones."""
    numbers = {}
    for name, text in row.items():
        if name is None:
            raise ValueError(f"line {line} has more values than the header has names")
        if text:
            try:
                numbers[name] = float(text)
            except ValueError:
                raise ValueError(
                    f"line {line}: expected a number for {name}, got {text!r}"
                ) from None
    if not numbers.get("step", math.nan).is_integer():
        raise ValueError(f"line {line}: expected a whole number for step, got {row['step']!r}")
    return numbers
