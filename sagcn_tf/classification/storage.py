"""The folders of trained classifiers.

A classifier belongs to a data set and to clips of one length. One classifier scores all systems. It
lies in `CLASSIFIER_DIR/DATASET-FRAMES-KIND-HASH/`: `weights.*` is a checkpoint, `references.npz`
holds the features of real clips as Gaussians, and `classifier.json` its training, its data and the
scores of real clips. The hash is of the data's description.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import zipfile

import numpy as np

from sagcn_tf.classification.trained_classifier import KINDS, TrainedClassifier, new_network
from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError
from sagcn_tf.files import write_json
from sagcn_tf.models.weights import weights_of

_WEIGHTS, _REFERENCES, _FACTS = "weights", "references.npz", "classifier.json"


def classifier_folder(classifier_dir, kind, data, frames) -> pathlib.Path:
    """Where the classifier of one of `KINDS` for some data and length of clips lies."""
    description = json.dumps(data.describe(), sort_keys=True)
    data_hash = hashlib.sha256(description.encode()).hexdigest()[:12]
    return pathlib.Path(classifier_dir) / f"{data.dataset}-{frames}-{kind}-{data_hash}"


def save(classifier, folder) -> None:
    """Writes a `TrainedClassifier` to a new folder, whole or not at all.

    Raises:
        UserError: if the folder cannot be written, or is there already.
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
    except OSError as error:
        raise UserError(f"the classifier cannot be written to {folder}: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def open_classifier(folder, data: MotionData, frames) -> TrainedClassifier:
    """Opens what `save` wrote.

    Args:
        folder: the folder of a classifier.
        data: the `MotionData` whose clips it is to score, with or without sequences.
        frames: T of the clips.

    Raises:
        UserError: if it is of other data or lengths, or the folder is damaged.
    """
    import tensorflow as tf

    folder = pathlib.Path(folder)
    with _damage(folder):
        facts = json.loads((folder / _FACTS).read_text())
        kind, trained_on = facts["kind"], (facts["data"], facts["frames"])
        if kind not in KINDS:
            raise ValueError(f"kind {kind!r}")
    if trained_on != (data.describe(), frames):
        raise UserError(
            f"{folder} was trained on other data, or on clips of another length than {frames} "
            "frames (see its classifier.json): its scores would not be comparable"
        )
    with _damage(folder):
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
    """Opens the classifiers that there are for some data and length of clips.

    Args:
        classifier_dir: folder of the classifiers' folders.
        data: a `MotionData`, with or without sequences.
        frames: T.

    Returns:
        `{kind: TrainedClassifier}`, empty where none is trained yet.

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
    """Returns a line that says which classifiers are missing, and how to train them."""
    return (
        f"not measured: recognition by {' and '.join(kinds)}. {classifier_dir} holds no such "
        f"classifier of these {data.dataset} clips of {frames} frames; train it once by: python -m "
        f"sagcn_tf.train_classifier --dataset={data.dataset} --frames={frames} "
        f"--classifier_dir={classifier_dir} (and --data_dir, --manual_dir as for this data set)"
    )


@contextlib.contextmanager
def _damage(folder):
    """Turns what a damaged folder leads to into a `UserError`."""
    import tensorflow as tf

    damage = (OSError, EOFError, ValueError, TypeError, LookupError, AssertionError)
    try:
        yield
    except (*damage, zipfile.BadZipFile, tf.errors.OpError) as error:
        raise UserError(
            f"{folder} is not a whole classifier ({error!r}). Move it away and train it again: "
            "python -m sagcn_tf.train_classifier"
        ) from error
