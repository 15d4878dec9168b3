"""Turns prepared data into standardized clips: windowing, resampling, sampling, batching."""

import numpy as np

from sagcn_tf.data.clips import class_members, count_clips, interpolation, without_short
from sagcn_tf.data.motion_data import MotionData, Sequences
from sagcn_tf.data.preparation import damage_errors, prepare
from sagcn_tf.skeleton import Skeleton


def load(
    dataset: str,
    data_dir: str,
    manual_dir: str | None = None,
    frames: int | None = None,
    min_frames: int = 0,
    fingerprint: str = "",
) -> MotionData:
    """Prepares a data set if needed, and reads it; see `prepare`.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded. Default: None.
        frames: T. Sequences that are too short for a clip are left out. Default: all are kept.
        min_frames: sequences with fewer frames are left out, too. Default: 0.
        fingerprint: see `prepare`. Default: none.
    """
    data = read(prepare(dataset, data_dir, manual_dir, fingerprint), dataset)
    return without_short(data, frames, min_frames) if frames else data


def load_as_trained(
    described: MotionData, frames: int, data_dir: str, manual_dir: str | None = None
) -> MotionData:
    """Reads the data set of a run with the sequences that were long enough for its training.

    Compare it with `described` by `MotionData.matches`: the folders may hold other data.

    Args:
        described: the `MotionData` of the run, without sequences.
        frames: T of the run.
        data_dir: see `load`.
        manual_dir: see `load`; not needed if the data of the run are prepared. Default: None.
    """
    cut = frames, described.min_frames, described.fingerprint
    return load(described.dataset, data_dir, manual_dir, *cut)


def read(builder, dataset: str) -> MotionData:
    """Reads a prepared data set.

    Args:
        builder: the TFDS builder that `prepare` returned.
        dataset: its name in `config.DATASETS`.

    Returns:
        A `MotionData` with sequences.

    Raises:
        UserError: if its files are damaged.
    """
    with damage_errors(builder.data_dir):
        return _read_all(builder, dataset)


def _read_all(builder, dataset):
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
        source=metadata.get("source"),
        root_motion=tuple(metadata.get("root_motion") or ()),
        train=train,
        test=test,
    )


def _read(builder, split, mean, std):
    """Reads all examples of a split, sorted by name."""
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


def training_batches(data: MotionData, frames, batch_size, seed, first_step=0, clips_of_class=1):
    """Creates an endless data set of random training batches.

    Each epoch visits every training sequence once, in random order, at a random window. With
    `clips_of_class` above 1, the classes take turns in random order, so that all come equally
    often, and each class has epochs of its own. Batch number s depends only on `seed` and s.

    Args:
        data: a `MotionData`.
        frames: T.
        batch_size: clips per batch.
        seed: seed of the order and the windows.
        first_step: number of the first batch, to resume a run. Default: 0.
        clips_of_class: number of clips of the same class that follow each other. Default: 1.

    Returns:
        A `tf.data.Dataset` of motion `[batch_size, T, N, D]` and one-hot labels `[batch_size, C]`.

    Raises:
        UserError: if sequences are too short.
    """
    import tensorflow as tf

    joints, dimensions = data.mean.shape
    labels = tf.constant(data.train.labels)
    choose = _in_random_order if clips_of_class == 1 else _class_by_class
    chosen_at = choose(data, seed, clips_of_class)
    cut = _resampled if data.clips == "resample" else _windows
    clips_of = cut(data, frames, seed)

    @tf.autograph.experimental.do_not_convert
    def batch(step):
        chosen = chosen_at(step * batch_size + tf.range(batch_size, dtype=tf.int64))
        motion = tf.ensure_shape(clips_of(chosen, step), [batch_size, frames, joints, dimensions])
        return motion, tf.one_hot(tf.gather(labels, chosen), len(data.class_names))

    steps = tf.data.Dataset.range(first_step, np.iinfo(np.int64).max)
    batches = steps.map(batch, num_parallel_calls=1, deterministic=True).prefetch(4)
    # There is nothing to tune, and the thread that tunes sleeps for up to a minute before it ends,
    # which would delay the end of training.
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)


def _in_random_order(data, seed, _):
    """Returns a function from positions `[batch]` to the numbers of the sequences there."""
    sequences = len(data.train.labels)

    def chosen_at(position):
        epoch, position = position // sequences, position % sequences
        return _shuffle(position, sequences, seed, epoch, 0 * epoch)

    return chosen_at


def _class_by_class(data, seed, clips_of_class):
    """Like `_in_random_order`, but `clips_of_class` sequences of the same class come together."""
    import tensorflow as tf

    counts = np.unique(data.train.labels, return_counts=True)[1].astype(np.int64)
    classes = len(counts)  # those with training sequences
    by_class = tf.constant(np.argsort(data.train.labels, kind="stable"), tf.int64)
    firsts, counts = tf.constant(np.cumsum(counts) - counts), tf.constant(counts)

    def chosen_at(position):
        group, member = position // clips_of_class, position % clips_of_class
        visit, place = group // classes, group % classes
        label = _shuffle(place, classes, seed, visit, 0 * visit)
        count, position = tf.gather(counts, label), visit * clips_of_class + member
        number = _shuffle(position % count, count, seed, position // count, 1 + label)
        return tf.gather(by_class, tf.gather(firsts, label) + number)

    return chosen_at


def _shuffle(index, count, *seed):
    """Permutes the numbers below `count`; the three parts of the seed say how."""
    import tensorflow as tf

    seeds = [tf.broadcast_to(tf.cast(part, tf.int64), tf.shape(index)) for part in seed]
    # tf.random.experimental.index_shuffle pads a batch of seeds incorrectly.
    return tf.raw_ops.RandomIndexShuffle(
        index=index,
        seed=tf.stack(seeds, axis=1),
        max_index=tf.broadcast_to(tf.cast(count, tf.int64) - 1, tf.shape(index)),
    )


def _windows(data, frames, seed):
    """Returns a function that draws a random window of each sequence number `[batch]`."""
    import tensorflow as tf

    counts = tf.constant(count_clips(data, data.train, frames))
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
    """Like `_windows`, but returns whole sequences, resampled to `frames` frames."""
    import tensorflow as tf

    count_clips(data, data.train, frames)
    all_frames = tf.constant(data.train.frames)
    before, after, share = map(tf.constant, interpolation(data.train, frames))

    def resampled(chosen, _):
        clips = tf.gather(all_frames, tf.gather(before, chosen))
        following = tf.gather(all_frames, tf.gather(after, chosen))
        return clips + tf.gather(share, chosen) * (following - clips)

    return resampled


def evaluation_clips(data: MotionData, split, per_class, seed, frames=50, half=0):
    """Draws random clips of each class; the same seed gives the same clips.

    Args:
        data: a `MotionData`.
        split: `"train"` or `"test"`.
        per_class: m, clips per class.
        seed: seed of the sequences and windows.
        frames: T. Default: 50.
        half: 0 or 1. For resampled training data, each half has every second sequence of a class,
            so draws from different halves have no clip in common. Within a draw, clips repeat only
            if a class has too few sequences. Default: 0.

    Returns:
        float32 `[C, m, T, N, D]`, standardized.

    Raises:
        UserError: if the split has no sequence of a class, or sequences are too short.
    """
    sequences = getattr(data, split)
    counts = count_clips(data, sequences, frames)
    generator = np.random.default_rng([seed, ("train", "test").index(split)])
    positions = interpolation(sequences, frames) if data.clips == "resample" else None
    clips = []
    for label in range(len(data.class_names)):
        members = class_members(data, split, label)
        if positions:
            if split == "train" and len(members) > 1:
                members = members[half::2]
            chosen = np.resize(generator.permutation(members), per_class)
            before, after, share = (part[chosen] for part in positions)
            motion = sequences.frames[before]
            clips.append(motion + share * (sequences.frames[after] - motion))
            continue
        chosen = generator.choice(members, per_class)
        start = sequences.offsets[chosen] + data.first_start
        start += generator.integers(counts[chosen])
        clips.append(sequences.frames[start[:, None] + data.stride * np.arange(frames)])
    return np.stack(clips)
