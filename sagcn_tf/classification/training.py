"""Trains a classifier on clips of the training subjects, and scores real clips with it."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.classification import scores
from sagcn_tf.classification.fit import Fit
from sagcn_tf.classification.trained_classifier import TrainedClassifier, flat, new_network
from sagcn_tf.data.input_pipeline import evaluation_clips, training_batches
from sagcn_tf.data.motion_data import Sequences
from sagcn_tf.metrics.frechet_distance import gaussian
from sagcn_tf.progress import progress_bar

BATCH_SIZE = 50
LEARNING_RATE = {"d_v": 2e-4, "st_gcn": 1e-3}
# The held-out clips are evaluated after each epoch; training stops after PATIENCE epochs without
# improvement.
STEPS_PER_EPOCH = 50
MAX_EPOCHS = {"d_v": 30, "st_gcn": 20}
PATIENCE = 6
REFERENCE_CLIPS = 500

_HELD_OUT_SHARE = 0.1
_SEED = 0
# Seeds of the first draws of real clips.
_HELD_OUT_SEED, _REFERENCE_SEED, _REAL_SEED = 4000, 5000, 6000


def train_classifier(data, frames, kind, max_epochs=None, show_progress=True, unfinished=None):
    """Trains a classifier; the same data, clip length and kind give the same weights.

    The loss is cross-entropy with equal weight for all classes. Adam trains on batches of 50 clips
    of training subjects. Training stops if the accuracy on held-out clips has not improved for 6
    epochs of 50 steps, and restores the weights of the best epoch.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        kind: one of `KINDS`.
        max_epochs: maximum number of epochs. Default: `MAX_EPOCHS` of the kind.
        show_progress: whether to show progress bars. Default: True.
        unfinished: `pathlib.Path` of a folder for the training state after each epoch. Training
            resumes from the state that it finds there. Default: None.

    Returns:
        A `TrainedClassifier`. Its `facts["real"]` has the `scores.summary` of clips of the training
        subjects (`"train"`), of held-out clips (`"held_out"`) and of the test subjects (`"test"`).

    Raises:
        UserError: if a split lacks a class or has sequences that are too short.
    """
    keras.utils.set_random_seed(_SEED)
    # As in the trainer: with this graph optimizer, results would differ between processes.
    tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
    kept, held_out, held_out_by = hold_out(data)
    network, epochs = new_network(kind, data, frames), max_epochs or MAX_EPOCHS[kind]
    accuracies = _fit(network, kind, epochs, frames, kept, held_out, show_progress, unfinished)
    facts = {
        "kind": kind,
        "frames": frames,
        "clip_shape": [frames, *data.mean.shape],
        "data": data.describe(),
        "seed": _SEED,
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE[kind],
        "steps": STEPS_PER_EPOCH * (1 + int(np.argmax(accuracies))),
        "most_steps": STEPS_PER_EPOCH * epochs,
        "held_out_by": held_out_by,
        "held_out": held_out.train.names if held_out_by == "sequences" else [],
    }
    classifier = TrainedClassifier(kind, network, {}, facts)
    return _score_real_clips(classifier, data, held_out, show_progress)


def hold_out(data):
    """Splits the training sequences into sequences to train on and held-out sequences.

    A tenth of the sequences of each class, and at least one, is held out. If a class has only one
    sequence, nothing is: held-out clips are then other windows of the same sequences or, if clips
    are resampled sequences, the same clips.

    Args:
        data: a `MotionData` with sequences.

    Returns:
        `(kept, held_out, by)`: two `MotionData` with a part of the training sequences each, and
        how they are separated, `"sequences"` or `"windows"`.
    """
    generator, held_out = np.random.default_rng(_SEED), []
    for label in range(len(data.class_names)):
        members = np.flatnonzero(data.train.labels == label)
        if len(members) < 2:
            return data, data, "windows"
        count = max(1, round(_HELD_OUT_SHARE * len(members)))
        held_out.extend(generator.choice(members, count, replace=False))
    kept = np.setdiff1d(np.arange(len(data.train.labels)), held_out)
    parts = [dataclasses.replace(data, train=_select(data.train, one)) for one in (kept, held_out)]
    return *parts, "sequences"


def _select(sequences, chosen):
    """Returns the `Sequences` with the chosen numbers."""
    chosen = np.sort(chosen)
    bounds = zip(sequences.offsets[chosen], sequences.offsets[chosen + 1], strict=True)
    motions = [sequences.frames[first:end] for first, end in bounds]
    return Sequences(
        frames=np.concatenate(motions),
        offsets=np.cumsum([0, *map(len, motions)]),
        labels=sequences.labels[chosen],
        names=[sequences.names[number] for number in chosen],
        subjects=[sequences.subjects[number] for number in chosen],
    )


def _fit(network, kind, epochs, frames, kept, held_out, show_progress, unfinished=None):
    """Trains a network; returns its accuracy on held-out clips after each epoch."""
    count = scores.CLIPS_PER_CLASS
    clips = evaluation_clips(held_out, "train", count, _HELD_OUT_SEED, frames)
    labels = np.repeat(np.eye(len(clips), dtype=np.float32), count, axis=0)
    sequences = np.bincount(kept.train.labels, minlength=len(clips))
    network.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE[kind]),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fit = Fit(network, epochs, PATIENCE, unfinished)
    done, steps = STEPS_PER_EPOCH * len(fit.accuracies), STEPS_PER_EPOCH * epochs
    with progress_bar(f"train {kind}", steps, "step", show_progress, initial=done) as bar:
        counting = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs=None: bar.update()
        )

        def train_epoch(number):
            history = network.fit(
                training_batches(kept, frames, BATCH_SIZE, _SEED, number * STEPS_PER_EPOCH),
                steps_per_epoch=STEPS_PER_EPOCH,
                validation_data=(flat(clips), labels),
                class_weight=dict(enumerate(sequences.mean() / sequences)),
                shuffle=False,
                verbose=0,
                callbacks=[counting],
            )
            accuracy = history.history["val_accuracy"][0]
            bar.set_postfix_str(f"held-out accuracy {accuracy:.2f}", refresh=False)
            return accuracy

        fit.run(train_epoch)
    return fit.accuracies


def _score_real_clips(classifier, data, held_out, show_progress):
    """Returns the classifier with its references and the scores of real clips."""
    frames, count = classifier.facts["frames"], scores.clips_per_class(data)
    sources = {"train": (data, "train"), "held_out": (held_out, "train"), "test": (data, "test")}
    references, real = {}, {}
    total = 2 * REFERENCE_CLIPS + len(sources) * scores.SEEDS * count
    clips = total * len(data.class_names)
    with progress_bar("real clips", clips, "clip", show_progress) as bar:
        for split in ("train", "test"):
            clips = evaluation_clips(data, split, REFERENCE_CLIPS, _REFERENCE_SEED, frames)
            references[split] = gaussian(classifier.classify(flat(clips))[1])
            bar.update(len(clips) * REFERENCE_CLIPS)
        classifier = dataclasses.replace(classifier, references=references)
        for name, (source, split) in sources.items():
            measurements = []
            for seed in range(scores.SEEDS):
                # The other half, so that resampled clips are not those of the references.
                clips = evaluation_clips(source, split, count, _REAL_SEED + seed, frames, half=1)
                measurements.append(classifier.measure(clips, seed))
                bar.update(len(clips) * count)
            real[name] = scores.summary(measurements)
    return dataclasses.replace(classifier, facts={**classifier.facts, "real": real})
