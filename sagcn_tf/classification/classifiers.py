"""Scores clips by trained recognisers: table 2 of the paper, and what the field adds to it.

A recogniser belongs to a data set and to clips of one length. All systems are scored by the same
one, which lies in `RECOGNISER_DIR/DATASET-FRAMES-KIND-HASH/`: `weights.*`, a checkpoint;
`references.npz`, the features of real clips as Gaussians; `recogniser.json`, how it was trained, on
which data, and what real clips score. The hash is of the data's description.

Features are what a recogniser's last map sees, as in action-to-motion and ACTOR. Of the paper's
recogniser these are T numbers, of ST-GCN 128: the Frechet distance, diversity and multimodality of
ST-GCN say more.
"""

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import pathlib
import shutil
import zipfile

import numpy as np

from sagcn_tf.data.input_pipeline import most_clips
from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError
from sagcn_tf.metrics.feature_spread import diversity, multimodality
from sagcn_tf.metrics.frechet_distance import frechet_distance, gaussian
from sagcn_tf.runs import weights_of, write_json

# The recogniser of the paper, and a stronger one.
KINDS = ("d_v", "st_gcn")
SEEDS = 20
CLIPS_PER_CLASS = 50
_BATCH = 100
_WEIGHTS, _REFERENCES, _FACTS = "weights", "references.npz", "recogniser.json"


@dataclasses.dataclass(frozen=True)
class TrainedRecogniser:
    """A network that tells actions, and what belongs to it.

    Attributes:
        kind: one of `KINDS`.
        network: a `Recogniser` or `STGCNRecogniser`.
        references: `{"train" | "test": (mean, covariance)}`, of the features of real clips.
        facts: what `recogniser.json` holds, JSON-able: `data`, `frames`, `kind`, how it was
            trained, and under `real` what real clips score.
    """

    kind: str
    network: object
    references: dict
    facts: dict

    def recognise(self, motion):
        """Returns the most likely class of clips, and their features.

        Args:
            motion: standardised, `[n, T, N, D]`.

        Returns:
            int64 `[n]` and float32 `[n, F]`.
        """
        starts = range(0, len(motion), _BATCH)
        parts = [self._outputs(motion[start : start + _BATCH]) for start in starts]
        logits, features = (np.concatenate(one) for one in zip(*parts, strict=True))
        return logits.argmax(axis=1), features

    def measure(self, clips, seed):
        """Scores one set of clips.

        Args:
            clips: standardised, `[C, m, T, N, D]`, m > 1; row c is to be recognised as class c.
            seed: of the random pairs.

        Returns:
            `recall` `[C]`, shares of the clips of each class that are recognised; their mean
            `accuracy`; `frechet_train` and `frechet_test`, squared distances to real clips;
            `diversity` and `multimodality`.
        """
        classes, count = clips.shape[:2]
        found, features = self.recognise(flat(clips))
        recall = (found.reshape(classes, count) == np.arange(classes)[:, None]).mean(axis=1)
        scores = {"recall": recall, "accuracy": recall.mean()}
        own, generator = gaussian(features), np.random.default_rng(seed)
        for split, reference in self.references.items():
            scores[f"frechet_{split}"] = frechet_distance(own, reference)
        features = features.reshape(classes, count, -1)
        scores["diversity"] = diversity(features, generator)
        scores["multimodality"] = multimodality(features, generator)
        return scores

    @functools.cached_property
    def _outputs(self):
        """From motion of any number of clips to logits and features, traced once."""
        import tensorflow as tf

        def outputs(motion):
            features = self.network.features(motion)
            return self.network.head(features), features

        shape = [None, *self.facts["clip_shape"]]
        return tf.function(outputs, input_signature=[tf.TensorSpec(shape, tf.float32)])


def flat(clips):
    """Clips of all classes in one row, `[C, m, T, N, D]` -> `[C m, T, N, D]`."""
    return clips.reshape(-1, *clips.shape[2:])


def clips_per_class(data):
    """How many clips a class each of the 20 sets has: 50, or fewer where data hold fewer."""
    return min(CLIPS_PER_CLASS, most_clips(data) or CLIPS_PER_CLASS)


def new_network(kind, data, frames):
    """An untrained recogniser of one of `KINDS` for clips of `frames` frames of a `MotionData`."""
    from sagcn_tf.models.sequence_classifier import Recogniser
    from sagcn_tf.models.st_gcn_classifier import STGCNRecogniser

    classes, (joints, dimensions) = len(data.class_names), data.mean.shape
    if kind == "d_v":
        return Recogniser(classes, frames, joints, dimensions)
    return STGCNRecogniser(classes, frames, data.skeleton, dimensions)


def summary(measurements):
    """Means over several sets of clips, with intervals in which they lie with 95 % probability.

    Args:
        measurements: what `TrainedRecogniser.measure` returned for each.

    Returns:
        `{name: {"mean", "interval"}}`, JSON-able; the interval is plus or minus 1.96 standard
        deviations over the root of their number. Of `recall` the means alone, a list.
    """
    summaries = {}
    for name in measurements[0]:
        if name == "recall":
            summaries[name] = np.mean([one[name] for one in measurements], axis=0).tolist()
            continue
        values = [float(one[name]) for one in measurements]
        interval = 1.96 * np.std(values) / np.sqrt(len(values))
        summaries[name] = {"mean": float(np.mean(values)), "interval": float(interval)}
    return summaries


def recogniser_folder(recogniser_dir, kind, data, frames) -> pathlib.Path:
    """Where the recogniser of one of `KINDS` for some data and length of clips lies."""
    description = json.dumps(data.describe(), sort_keys=True)
    data_hash = hashlib.sha256(description.encode()).hexdigest()[:12]
    return pathlib.Path(recogniser_dir) / f"{data.dataset}-{frames}-{kind}-{data_hash}"


def save(recogniser, folder) -> None:
    """Writes a `TrainedRecogniser` to a new folder, whole or not at all.

    Raises:
        UserError: if the folder cannot be written, or is there already.
    """
    import tensorflow as tf

    folder = pathlib.Path(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    references = {
        f"{split}_{part}": array
        for split, pair in recogniser.references.items()
        for part, array in zip(("mean", "covariance"), pair, strict=True)
    }
    try:
        temporary.mkdir(parents=True)
        weights = tf.train.Checkpoint(weights=weights_of(recogniser.network))
        weights.write(str(temporary / _WEIGHTS))
        np.savez(temporary / _REFERENCES, **references)
        write_json(temporary / _FACTS, recogniser.facts)
        temporary.rename(folder)
    except OSError as error:
        raise UserError(f"the recogniser cannot be written to {folder}: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def open_recogniser(folder, data: MotionData, frames) -> TrainedRecogniser:
    """Opens what `save` wrote.

    Args:
        folder: the folder of a recogniser.
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
            "frames (see its recogniser.json): its scores would not be comparable"
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
    return TrainedRecogniser(kind, network, references, facts)


def open_recognisers(recogniser_dir, data, frames):
    """Opens the recognisers that there are for some data and length of clips.

    Args:
        recogniser_dir: folder of the recognisers' folders.
        data: a `MotionData`, with or without sequences.
        frames: T.

    Returns:
        `{kind: TrainedRecogniser}`, empty where none is trained yet.

    Raises:
        UserError: if one is damaged.
    """
    folders = {kind: recogniser_folder(recogniser_dir, kind, data, frames) for kind in KINDS}
    return {
        kind: open_recogniser(folder, data, frames)
        for kind, folder in folders.items()
        if folder.exists()
    }


def how_to_train(kinds, recogniser_dir, data, frames):
    """Returns a line that says which recognisers are missing, and how to train them."""
    return (
        f"not measured: recognition by {' and '.join(kinds)}. {recogniser_dir} holds no such "
        f"recogniser of these {data.dataset} clips of {frames} frames; train it once by: python -m "
        f"sagcn_tf.train_classifier --dataset={data.dataset} --frames={frames} "
        f"--recogniser_dir={recogniser_dir} (and --data_dir, --manual_dir as for this data set)"
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
            f"{folder} is not a whole recogniser ({error!r}). Move it away and train it again: "
            "python -m sagcn_tf.train_classifier"
        ) from error
