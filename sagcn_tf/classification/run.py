"""Trains the missing classifiers of a data set, and reports the scores of real clips."""

import shutil

from sagcn_tf.classification import scores, storage, training
from sagcn_tf.classification.report import format_recognition
from sagcn_tf.classification.trained_classifier import KINDS
from sagcn_tf.data.clips import check_clips


def train_missing(data, frames, classifier_dir, train=training.train_classifier):
    """Trains the missing classifiers of a data set.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        classifier_dir: folder of the classifiers.
        train: function `train(data, frames, kind, unfinished=...)` that returns a
            `TrainedClassifier`, called for each missing kind; it keeps its state in the folder
            `unfinished`. Default: `training.train_classifier`.

    Returns:
        Text: the scores of real clips as tables, and the folders of the classifiers.

    Raises:
        UserError: if a split lacks a class or has sequences that are too short, a classifier cannot
            be written, or an existing one is damaged.
    """
    check_clips(data, frames)
    classifiers, folders = {}, []
    for kind in KINDS:
        folder = storage.classifier_folder(classifier_dir, kind, data, frames)
        if not folder.exists():
            unfinished = folder.with_name(f".{folder.name}.unfinished")
            storage.save(train(data, frames, kind, unfinished=unfinished), folder)
            shutil.rmtree(unfinished, ignore_errors=True)
        classifiers[kind] = storage.open_classifier(folder, data, frames)
        folders.append(str(folder))
    results = {
        "class_names": data.class_names,
        "clips_per_class": scores.clips_per_class(data),
        "seeds": scores.SEEDS,
        "classifiers": {kind: one.facts["real"] for kind, one in classifiers.items()},
    }
    tables = format_recognition(results)
    return "\n".join([f"{data.dataset}, clips of {frames} frames\n", tables, *folders])
