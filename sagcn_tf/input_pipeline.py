"""From prepared data to standardised clips: windowing, sampling, batching."""

import dataclasses
import logging

import numpy as np

from datasets.raw_data_error import RawDataError
from sagcn_tf.config import DATASETS
from sagcn_tf.errors import UserError
from sagcn_tf.skeleton import Skeleton


@dataclasses.dataclass(frozen=True)
class Sequences:
    """The sequences of a split, one after another.

    Attributes:
        frames: float32 `[total, N, D]`, standardised.
        offsets: int64 `[S + 1]`; sequence s is `frames[offsets[s]:offsets[s + 1]]`.
        labels: int32 `[S]`, class numbers.
        names: S names.
        subjects: S subjects.
    """

    frames: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    names: list[str]
    subjects: list[str]


@dataclasses.dataclass(frozen=True)
class MotionData:
    """A data set in memory, with what is needed to draw it.

    Attributes:
        dataset: its name on the command line.
        class_names: names of the C classes.
        skeleton: its `Skeleton` of N joints.
        mean, std: float32 `[N, D]` in `unit`, of the training frames.
        unit: of the raw coordinates, such as `"pixel"`.
        frame_rate: frames a second of a clip, after the stride.
        stride: frames from one frame of a clip to the next.
        first_start: first frame at which a clip may start.
        train, test: the `Sequences` of the two splits; None in a description without data.
    """

    dataset: str
    class_names: list[str]
    skeleton: Skeleton
    mean: np.ndarray
    std: np.ndarray
    unit: str
    frame_rate: float
    stride: int
    first_start: int
    train: Sequences | None = None
    test: Sequences | None = None

    def standardise(self, motion):
        """`[..., N, D]` in `unit` -> zero mean, unit deviation per coordinate."""
        return (motion - self.mean) / self.std

    def unstandardise(self, motion):
        """The inverse of `standardise`."""
        return motion * self.std + self.mean

    def describe(self) -> dict:
        """All but the sequences, as JSON-able values; a run keeps it beside its weights."""
        return {
            "dataset": self.dataset,
            "class_names": list(self.class_names),
            "skeleton": self.skeleton.to_metadata(),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
            "unit": self.unit,
            "frame_rate": self.frame_rate,
            "stride": self.stride,
            "first_start": self.first_start,
        }

    @classmethod
    def from_description(cls, description: dict) -> "MotionData":
        """What `describe` gave, without sequences."""
        arrays = {name: np.asarray(description[name], np.float32) for name in ("mean", "std")}
        skeleton = Skeleton.from_metadata(description["skeleton"])
        return cls(**{**description, **arrays, "skeleton": skeleton})


def load(dataset: str, data_dir: str, manual_dir: str | None = None) -> MotionData:
    """Prepares a data set through its TFDS builder, where it isn't yet, and reads it.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with the raw files, for data that cannot be downloaded.

    Raises:
        UserError: where the raw files are missing or damaged; says what to do.
    """
    import tensorflow_datasets as tfds

    builder_name, config = DATASETS[dataset].split("/")
    builder = _builder_class(builder_name)(config=config, data_dir=data_dir, file_format="tfrecord")
    try:
        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
        )
    except (RawDataError, OSError) as error:
        raise UserError(f"{dataset} could not be prepared: {error}") from error
    metadata = builder.info.metadata
    mean, std = (np.asarray(metadata[name], np.float32) for name in ("mean", "std"))
    logging.info("%s: prepared data in %s", dataset, builder.data_dir)
    return MotionData(
        dataset=dataset,
        class_names=list(builder.info.features["action"].names),
        skeleton=Skeleton.from_metadata(metadata["skeleton"]),
        mean=mean,
        std=std,
        unit=metadata["unit"],
        frame_rate=metadata["frame_rate"] / metadata["clip_stride"],
        stride=int(metadata["clip_stride"]),
        first_start=int(metadata["clip_start"]),
        train=_read(builder, "train", mean, std),
        test=_read(builder, "test", mean, std),
    )


def _builder_class(name):
    """The builder of `datasets/<name>/`."""
    import importlib

    return importlib.import_module(f"datasets.{name}.{name}_dataset_builder").Builder


def _read(builder, split, mean, std):
    """All examples of a split, in the order of their names."""
    import tensorflow_datasets as tfds

    examples = tfds.as_numpy(builder.as_dataset(split=split))
    examples = sorted(examples, key=lambda example: example["name"])
    lengths = [len(example["motion"]) for example in examples]
    return Sequences(
        frames=np.concatenate([(example["motion"] - mean) / std for example in examples]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        labels=np.array([example["action"] for example in examples], np.int32),
        names=[example["name"].decode() for example in examples],
        subjects=[example["subject"].decode() for example in examples],
    )


def clip_starts(data: MotionData, sequences: Sequences, frames: int):
    """How many clips of `frames` frames each sequence holds.

    A clip starts anywhere from `first_start` to `length - frames * stride - 1`.

    Returns:
        int64 `[S]`, 1 or more.

    Raises:
        UserError: names the sequence that is too short.
    """
    lengths = np.diff(sequences.offsets)
    starts = lengths - frames * data.stride - data.first_start
    if starts.min() < 1:
        shortest = int(np.argmin(starts))
        needed = frames * data.stride + data.first_start + 1
        raise UserError(
            f"{data.dataset}: sequence {sequences.names[shortest]} has {lengths[shortest]} frames; "
            f"clips of {frames} frames need {needed}. Choose a smaller --frames"
        )
    return starts


def training_batches(data: MotionData, frames, batch_size, seed, first_step=0):
    """Endless batches of random clips; batch number s depends on `seed` and s alone.

    Each epoch visits every training sequence once, in random order, at a random window.

    Args:
        data: a `MotionData`.
        frames: T.
        batch_size: clips a batch.
        seed: of order and windows.
        first_step: number of the first batch, so that a resumed run goes on where it stopped.

    Returns:
        A `tf.data.Dataset` of motion `[batch_size, T, N, D]` and one-hot label `[batch_size, C]`.
    """
    import tensorflow as tf

    counts = clip_starts(data, data.train, frames)
    sequences, (joints, dimensions) = len(counts), data.mean.shape
    all_frames, labels = tf.constant(data.train.frames), tf.constant(data.train.labels)
    first_frames = tf.constant(data.train.offsets[:-1] + data.first_start)
    counts = tf.constant(counts)

    def batch(step):
        position = step * batch_size + tf.range(batch_size, dtype=tf.int64)
        epoch, position = position // sequences, position % sequences
        seeds = tf.stack([tf.fill([batch_size], tf.cast(seed, tf.int64)), epoch, 0 * epoch], axis=1)
        # The raw operation: tf.random.experimental.index_shuffle pads a batch of seeds wrongly.
        chosen = tf.raw_ops.RandomIndexShuffle(
            index=position, seed=seeds, max_index=tf.constant(sequences - 1, tf.int64)
        )
        count = tf.gather(counts, chosen)
        chance = tf.random.stateless_uniform(
            [batch_size], tf.stack([tf.cast(seed, tf.int64), step]), dtype=tf.float64, alg="philox"
        )
        start = tf.cast(chance * tf.cast(count, tf.float64), tf.int64)
        start += tf.gather(first_frames, chosen)
        indices = start[:, None] + data.stride * tf.range(frames, dtype=tf.int64)  # [batch, T]
        motion = tf.ensure_shape(
            tf.gather(all_frames, indices), [batch_size, frames, joints, dimensions]
        )
        return motion, tf.one_hot(tf.gather(labels, chosen), len(data.class_names))

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    return steps.map(batch, num_parallel_calls=1, deterministic=True).prefetch(4)


def evaluation_clips(data: MotionData, split, per_class, seed, frames=50):
    """Random clips of each class, the same for the same seed.

    Args:
        data: a `MotionData`.
        split: `"train"` or `"test"`.
        per_class: m, clips a class.
        seed: of sequences and windows.
        frames: T. Default 50.

    Returns:
        float32 `[C, m, T, N, D]`, standardised.

    Raises:
        UserError: if the split has no sequence of some class.
    """
    sequences = getattr(data, split)
    counts = clip_starts(data, sequences, frames)
    generator = np.random.default_rng([seed, ("train", "test").index(split)])
    clips = []
    for label, name in enumerate(data.class_names):
        members = np.flatnonzero(sequences.labels == label)
        if not len(members):
            raise UserError(f"{data.dataset}: the {split} split has no sequence of {name}")
        chosen = generator.choice(members, per_class)
        start = sequences.offsets[chosen] + data.first_start
        start += generator.integers(counts[chosen])
        clips.append(sequences.frames[start[:, None] + data.stride * np.arange(frames)])
    return np.stack(clips)
