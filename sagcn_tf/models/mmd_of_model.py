"""MMD between clips that Keras' `evaluate` is given and clips that a model generates."""

import numpy as np
import tensorflow as tf

from sagcn_tf.metrics.mmd import mmd
from sagcn_tf.models.labels import one_hot_labels

_CLIPS_PER_CLASS = 100


def mmd_of_model(model, batches):
    """Computes the MMD of a model as in the evaluation during training, on any clips.

    The first clips of each class, at most 100, are compared with as many generated ones, whose
    seeds are 0, 1, and so on. Classes with a single clip are left out.

    Args:
        model: A `MotionModel`.
        batches: Motion `[batch, T, N, D]` and labels, as of a `tf.data.Dataset`. A mixed label
            counts as the class with the largest share.

    Returns:
        `{"mmd_avg": float, "mmd_seq": float}`, means over the classes; NaN if no class has two
        clips.
    """
    clips = [[] for _ in range(model.num_classes)]
    for motion, label in batches:
        classes = tf.argmax(one_hot_labels(label, model.num_classes), axis=-1).numpy()
        for clip, number in zip(np.asarray(motion, np.float32), classes, strict=True):
            if len(clips[number]) < _CLIPS_PER_CLASS:
                clips[number].append(clip)
    scores = [_of_class(model, number, np.stack(c)) for number, c in enumerate(clips) if len(c) > 1]
    names = ("mmd_avg", "mmd_seq")
    return {name: float(np.mean([s[name] for s in scores])) if scores else np.nan for name in names}


def _of_class(model, number, real):
    """Returns the MMD of a class, given its real clips `[m, T, N, D]`."""
    label = tf.one_hot([number] * len(real), model.num_classes)
    generated = model.generate(label, tf.range(len(real)))
    return mmd(generated.numpy()[None], real[None])
