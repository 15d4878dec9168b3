"""Estimates how long an evaluation takes, from a small part of it."""

import os
import time

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.real_measurements_cache import cached_sizes
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import within_sums

_GENERATED, _COMPARED = 100, 300  # clips; with fewer, a pair takes several times as long


def seconds_of_evaluation(model, data, frames, sizes, cached=()):
    """Estimates the seconds of `evaluation.evaluate_model`, without recognition.

    Most of the time goes into generated clips and into pairs of clips. Both are timed on a few
    hundred clips.

    Args:
        model: an object with `generate`.
        data: a `MotionData` with sequences.
        frames: T.
        sizes: numbers of clips per class.
        cached: those of them whose measurements of real clips are stored. Default: none.

    Returns:
        Seconds, a float.
    """
    classes, draws = len(data.class_names), real_measurements.RESAMPLINGS
    per_class = -(-_GENERATED // classes)
    sample_all_classes(model, classes, per_class, 0)  # traces the model
    start = time.monotonic()
    sample_all_classes(model, classes, per_class, 0)
    seconds = (time.monotonic() - start) / (classes * per_class) * classes * max(sizes) * draws

    compared = min(_COMPARED, max(sizes))
    clips = evaluation_clips(data, "train", compared, 0, frames)[:1]
    start = time.monotonic()
    within_sums(clips)
    per_pair = 2 * (time.monotonic() - start) / compared**2  # each pair is summed once
    per_pair /= min(classes, os.cpu_count())  # a class is summed by one thread
    for m in sizes:
        # Generated clips with one another, and with those of both splits.
        sets = 2.5 * draws
        if m not in cached:
            sets += real_measurements.clips_to_measure(data, m) / (classes * m)
        seconds += classes * m**2 * sets * per_pair
    return seconds


def forecast(model, data, frames, clips_per_class, data_dir):
    """Returns a sentence that says how long `evaluation.evaluate_model` will take.

    Args:
        model: an object with `generate`.
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: one or more numbers of clips.
        data_dir: folder with the measurements of real clips.
    """
    sizes = real_measurements.sizes_to_measure(data, clips_per_class)
    cached = cached_sizes(data, frames, sizes, data_dir)
    seconds = seconds_of_evaluation(model, data, frames, sizes, cached)
    return f"evaluating on {max(sizes)} clips per class, {in_words(seconds)}"


def in_words(seconds):
    """Returns a duration such as `"about 3 minutes"`."""
    if seconds < 90:
        return f"about {max(2, round(seconds))} seconds"
    return f"about {round(seconds / 60)} minutes"
