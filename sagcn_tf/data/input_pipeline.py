"""From prepared data to standardized clips: windowing, resampling, sampling, batching."""

import importlib
import logging

import numpy as np

from datasets.raw_data_error import RawDataError
from sagcn_tf.config import DATASETS
from sagcn_tf.data.motion_data import MotionData, Sequences
from sagcn_tf.errors import UserError
from sagcn_tf.skeleton import Skeleton

_NAMED = 10  # of the sequences that are too short


def prepare(dataset: str, data_dir: str, manual_dir: str | None = None):
    """Prepares a data set through its TFDS builder, where it isn't yet.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with the raw files, for data that cannot be downloaded.

    Returns:
        The builder, whose data can be read.

    Raises:
        UserError: where the raw files are missing or damaged; says what to do.
    """
    import tensorflow_datasets as tfds

    builder_name, _, config = DATASETS[dataset].partition("/")
    module = importlib.import_module(f"datasets.{builder_name}.{builder_name}_dataset_builder")
    try:
        if dataset == "motion_folder":
            config = module.folder_config(manual_dir)
        builder = module.Builder(config=config, data_dir=data_dir, file_format="tfrecord")
        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
        )
    except (RawDataError, OSError) as error:
        raise UserError(f"{dataset} could not be prepared: {error}") from error
    logging.info("%s: prepared data in %s", dataset, builder.data_dir)
    return builder


def load(dataset: str, data_dir: str, manual_dir: str | None = None) -> MotionData:
    """Reads a data set, and prepares it where it isn't yet; see `prepare`."""
    return read(prepare(dataset, data_dir, manual_dir), dataset)


def read(builder, dataset: str) -> MotionData:
    """Reads what `prepare` has prepared."""
    metadata = builder.info.metadata
    mean, std = (np.asarray(metadata[name], np.float32) for name in ("mean", "std"))
    train, test = (_read(builder, split, mean, std) for split in ("train", "test"))
    clips = metadata.get("clips", "window")
    if clips == "resample":
        seconds = float(np.mean(np.diff(train.offsets) - 1) / metadata["frame_rate"])
        window = {"frame_rate": float(metadata["frame_rate"]), "stride": 1, "first_start": 0}
    else:
        seconds, stride = None, int(metadata["clip_stride"])
        frame_rate, first_start = metadata["frame_rate"] / stride, int(metadata["clip_start"])
        window = {"frame_rate": frame_rate, "stride": stride, "first_start": first_start}
    return MotionData(
        dataset=dataset,
        class_names=list(builder.info.features["action"].names),
        skeleton=Skeleton.from_metadata(metadata["skeleton"]),
        mean=mean,
        std=std,
        unit=metadata["unit"],
        **window,
        clips=clips,
        seconds=seconds,
        fingerprint=metadata.get("fingerprint", ""),
        train=train,
        test=test,
    )


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


def frames_needed(data: MotionData, frames: int) -> int:
    """How many frames a sequence must have to hold a clip of `frames` frames."""
    return 2 if data.clips == "resample" else data.first_start + (frames - 1) * data.stride + 1


def clip_starts(data: MotionData, sequences: Sequences, frames: int):
    """How many clips of `frames` frames each sequence holds.

    A window starts anywhere from `first_start` to `length - frames * stride - 1`; a sequence that
    is too short for that, but holds all frames of a window, has the one from `first_start`. A
    resampled sequence is one clip.

    Returns:
        int64 `[S]`, 1 or more.

    Raises:
        UserError: names the sequences that are too short.
    """
    lengths, needed = np.diff(sequences.offsets), frames_needed(data, frames)
    short = np.flatnonzero(lengths < needed)
    if len(short):
        named = [f"{sequences.names[one]} has {lengths[one]}" for one in short[:_NAMED]]
        more = f" and {len(short) - _NAMED} more" if len(short) > _NAMED else ""
        raise UserError(
            f"{data.dataset}: clips of {frames} frames need sequences of {needed} frames or more, "
            f"but {', '.join(named)}{more}. Choose a smaller --frames or leave them out"
        )
    if data.clips == "resample":
        return np.ones_like(lengths)
    return np.maximum(lengths - frames * data.stride - data.first_start, 1)


def check_clips(data: MotionData, frames: int) -> None:
    """Raises a `UserError` where a split has no sequence of a class, or one that is too short."""
    for split in ("train", "test"):
        sequences = getattr(data, split)
        for label, name in enumerate(data.class_names):
            if label not in sequences.labels:
                raise UserError(f"{data.dataset}: the {split} split has no sequence of {name}")
        clip_starts(data, sequences, frames)


def _resampling(sequences, frames):
    """Linear interpolation of each sequence to `frames` frames, as rows of `sequences.frames`.

    Frame t of a clip lies at t (L - 1) / (frames - 1) of a sequence's L frames: by whole numbers,
    so that no rounding ever reaches beyond the last frame.

    Returns:
        int64 `[S, T]`, the frame before; int64 `[S, T]`, the frame after; float32 `[S, T, 1, 1]`,
        the share of the latter.
    """
    steps = np.diff(sequences.offsets)[:, None] - 1  # [S, 1]
    before, rest = np.divmod(steps * np.arange(frames), frames - 1)  # [S, T]
    after = np.minimum(before + 1, steps)
    first = sequences.offsets[:-1, None]
    share = (rest / (frames - 1)).astype(np.float32)[..., None, None]
    return first + before, first + after, share


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

    sequences, (joints, dimensions) = len(data.train.labels), data.mean.shape
    labels = tf.constant(data.train.labels)
    cut = _resampled if data.clips == "resample" else _windows
    clips_of = cut(data, frames, seed)

    def batch(step):
        position = step * batch_size + tf.range(batch_size, dtype=tf.int64)
        epoch, position = position // sequences, position % sequences
        seeds = tf.stack([tf.fill([batch_size], tf.cast(seed, tf.int64)), epoch, 0 * epoch], axis=1)
        # The raw operation: tf.random.experimental.index_shuffle pads a batch of seeds wrongly.
        chosen = tf.raw_ops.RandomIndexShuffle(
            index=position, seed=seeds, max_index=tf.constant(sequences - 1, tf.int64)
        )
        motion = tf.ensure_shape(clips_of(chosen, step), [batch_size, frames, joints, dimensions])
        return motion, tf.one_hot(tf.gather(labels, chosen), len(data.class_names))

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    return steps.map(batch, num_parallel_calls=1, deterministic=True).prefetch(4)


def _windows(data, frames, seed):
    """A function from sequence numbers `[batch]` and the step to a random window of each."""
    import tensorflow as tf

    counts = tf.constant(clip_starts(data, data.train, frames))
    all_frames = tf.constant(data.train.frames)
    first_frames = tf.constant(data.train.offsets[:-1] + data.first_start)

    def windows(chosen, step):
        count = tf.gather(counts, chosen)
        chance = tf.random.stateless_uniform(
            tf.shape(chosen),
            tf.stack([tf.cast(seed, tf.int64), step]),
            dtype=tf.float64,
            alg="philox",
        )
        start = tf.cast(chance * tf.cast(count, tf.float64), tf.int64)
        start += tf.gather(first_frames, chosen)
        indices = start[:, None] + data.stride * tf.range(frames, dtype=tf.int64)  # [batch, T]
        return tf.gather(all_frames, indices)

    return windows


def _resampled(data, frames, _):
    """As `_windows`, to the whole of each sequence in `frames` frames."""
    import tensorflow as tf

    clip_starts(data, data.train, frames)
    all_frames = tf.constant(data.train.frames)
    before, after, share = map(tf.constant, _resampling(data.train, frames))

    def resampled(chosen, _):
        clips = tf.gather(all_frames, tf.gather(before, chosen))
        following = tf.gather(all_frames, tf.gather(after, chosen))
        return clips + tf.gather(share, chosen) * (following - clips)

    return resampled


def most_clips(data: MotionData):
    """How many clips a class an evaluation can draw twice without overlap; None: any number.

    Windows differ from draw to draw. A resampled sequence is always the same clip, so two draws
    share half of the sequences of the smallest training class each, and at least 2 clips.
    """
    if data.clips != "resample":
        return None
    counts = np.bincount(data.train.labels, minlength=len(data.class_names))
    return max(2, int(counts.min()) // 2)


def evaluation_clips(data: MotionData, split, per_class, seed, frames=50, half=0):
    """Random clips of each class, the same for the same seed.

    Args:
        data: a `MotionData`.
        split: `"train"` or `"test"`.
        per_class: m, clips a class.
        seed: of sequences and windows.
        frames: T. Default 50.
        half: 0 (default) or 1. Of resampled training data only every second sequence of a class is
            drawn, so draws of different halves have no clip in common. Clips of a draw repeat only
            where a class has too few sequences.

    Returns:
        float32 `[C, m, T, N, D]`, standardized.

    Raises:
        UserError: if the split has no sequence of some class.
    """
    sequences = getattr(data, split)
    counts = clip_starts(data, sequences, frames)
    generator = np.random.default_rng([seed, ("train", "test").index(split)])
    resampling = _resampling(sequences, frames) if data.clips == "resample" else None
    clips = []
    for label, name in enumerate(data.class_names):
        members = np.flatnonzero(sequences.labels == label)
        if not len(members):
            raise UserError(f"{data.dataset}: the {split} split has no sequence of {name}")
        if resampling:
            if split == "train" and len(members) > 1:
                members = members[half::2]
            chosen = np.resize(generator.permutation(members), per_class)
            before, after, share = (part[chosen] for part in resampling)
            motion = sequences.frames[before]
            clips.append(motion + share * (sequences.frames[after] - motion))
            continue
        chosen = generator.choice(members, per_class)
        start = sequences.offsets[chosen] + data.first_start
        start += generator.integers(counts[chosen])
        clips.append(sequences.frames[start[:, None] + data.stride * np.arange(frames)])
    return np.stack(clips)
