"""Saves and opens trained classifiers.

A classifier belongs to a data set and a clip length, and scores all systems. Its folder is
`CLASSIFIER_DIR/DATASET-FRAMES-KIND-HASH/`: `weights.*` is a checkpoint, `references.npz` has the
Gaussians of features of real clips, and `classifier.json` describes its training and data and has
the scores of real clips. The hash is that of the data description.
"""

import contextlib
import os
import pathlib
import shutil
import zipfile

import numpy as np

from sagcn_tf.classification.trained_classifier import KINDS, TrainedClassifier, new_network
from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError, file_error, short
from sagcn_tf.files import json_hash, read_json, write_json
from sagcn_tf.models.weights import DAMAGE, weights_of

_WEIGHTS, _REFERENCES, _FACTS = "weights", "references.npz", "classifier.json"


def classifier_folder(classifier_dir, kind, data, frames) -> pathlib.Path:
    """Returns the folder of a classifier.

    Args:
        classifier_dir: folder of all classifiers.
        kind: one of `KINDS`.
        data: a `MotionData`, with or without sequences.
        frames: T.
    """
    name = f"{data.dataset}-{frames}-{kind}-{json_hash(data.describe())}"
    return pathlib.Path(classifier_dir) / name


def save(classifier, folder) -> None:
    """Writes a classifier to a new folder, atomically.

    Args:
        classifier: a `TrainedClassifier`.
        folder: the folder to create.

    Raises:
        UserError: if the folder cannot be written, or already exists.
    """
    import tensorflow as tf

    folder = pathlib.Path(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    references = {
        f"{split}_{part}": array
        for split, pair in classifier.references.items()
        for part, array in zip(("mean", "covariance"), pair, strict=True)
    }
    try:
        temporary.mkdir(parents=True)
        weights = tf.train.Checkpoint(weights=weights_of(classifier.network))
        weights.write(str(temporary / _WEIGHTS))
        np.savez(temporary / _REFERENCES, **references)
        write_json(temporary / _FACTS, classifier.facts)
        temporary.rename(folder)
    except (OSError, tf.errors.OpError) as error:
        raise UserError(
            f"the classifier cannot be written to {folder}: {file_error(error) or error}. Or "
            "choose another --classifier_dir"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def open_classifier(folder, data: MotionData, frames) -> TrainedClassifier:
    """Opens a saved classifier.

    Args:
        folder: folder of the classifier.
        data: the `MotionData` of the clips to score, with or without sequences.
        frames: T of the clips to score.

    Returns:
        A `TrainedClassifier`.

    Raises:
        UserError: if the classifier belongs to other data or another clip length, or the folder is
            damaged.
    """
    import tensorflow as tf

    folder = pathlib.Path(folder)
    with _damage_errors(folder):
        facts = read_json(folder / _FACTS)
        kind, trained_on = facts["kind"], (facts["data"], facts["frames"])
        if kind not in KINDS:
            raise ValueError(f"expected a kind out of {KINDS}, got {kind!r}")
    if trained_on != (data.describe(), frames):
        raise UserError(
            f"{folder} was trained on other data, or on clips that do not have {frames} frames "
            "(see its classifier.json), so its scores would not be comparable. Move it away and "
            "train it again: python -m sagcn_tf.train_classifier"
        )
    with _damage_errors(folder):
        network = new_network(kind, data, frames)
        weights = tf.train.Checkpoint(weights=weights_of(network))
        weights.read(str(folder / _WEIGHTS)).assert_existing_objects_matched().expect_partial()
        with open(folder / _REFERENCES, "rb") as file:
            arrays = np.load(file, allow_pickle=False)
            references = {
                split: (arrays[f"{split}_mean"], arrays[f"{split}_covariance"])
                for split in ("train", "test")
            }
    return TrainedClassifier(kind, network, references, facts)


def open_classifiers(classifier_dir, data, frames):
    """Opens the existing classifiers for a data set and a clip length.

    Args:
        classifier_dir: folder of all classifiers.
        data: a `MotionData`, with or without sequences.
        frames: T.

    Returns:
        `{kind: TrainedClassifier}`, without the kinds that are not trained yet.

    Raises:
        UserError: if one is damaged.
    """
    folders = {kind: classifier_folder(classifier_dir, kind, data, frames) for kind in KINDS}
    return {
        kind: open_classifier(folder, data, frames)
        for kind, folder in folders.items()
        if folder.exists()
    }


def how_to_train(kinds, classifier_dir, data, frames):
    """Returns a message about missing classifiers with the command that trains them.

    Args:
        kinds: the missing ones of `KINDS`.
        classifier_dir: folder of all classifiers.
        data: a `MotionData`, with or without sequences.
        frames: T.
    """
    return (
        f"not measured: recognition by {' and '.join(kinds)}. {classifier_dir} has no such "
        f"classifier for {data.dataset} clips of {frames} frames. Train it once: python -m "
        f"sagcn_tf.train_classifier --dataset={data.dataset} --frames={frames} "
        f"--classifier_dir={classifier_dir} (with --data_dir and --manual_dir of this data set)"
    )


@contextlib.contextmanager
def _damage_errors(folder):
    """Turns the errors that a damaged folder causes into a `UserError`."""
    try:
        yield
    except (*DAMAGE, OSError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{folder} is not a complete classifier ({short(error)}). Move it away and train it "
            "again: python -m sagcn_tf.train_classifier"
        ) from error
