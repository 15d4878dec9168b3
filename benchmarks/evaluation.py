"""Times MMD_avg and MMD_seq of 10 x 1000 clips, and a whole evaluation of a checkpoint.

python -m benchmarks.evaluation --json=evaluation.json

The first part measures time and memory of the MMD and compares it with a plain implementation of
the definition, which computes all differences of two sets of frames at once. The plain one is timed
on one frame of fewer clips and scaled up by the number of pairs. Clips are smooth random motion of
T = 50 frames and N = 15 joints with 2 coordinates.

The second part evaluates preset `tuned` on the synthetic data: five draws against clips of both
splits, motion statistics, and recognition by both classifiers. Measurements of the data alone are
excluded, as they are stored and used again. The networks are untrained, so their clips are all
alike; they are generated, but real clips are measured in their place.
"""

import contextlib
import resource
import time
import unittest.mock

import numpy as np
from absl import app, flags

from benchmarks.rows import report, row
from sagcn_tf.classification.trained_classifier import KINDS, TrainedClassifier, new_network
from sagcn_tf.metrics.kernel_sums import BANDWIDTHS
from sagcn_tf.metrics.mmd import mmd, within_sums

CLASSES, FRAMES, JOINTS, DIMENSIONS = 10, 50, 15, 2
_PLAIN_CLIPS = 200
_GOALS = {
    "MMD of 10 x 1000 clips": (60, "s"),
    "MMD of 10 x 1000 clips, peak memory": (1024, "MiB"),
    "whole evaluation of 10 x 1000 clips": (90, "s"),
}
_FLAGS = flags.FLAGS


def smooth_clips(per_class, generator):
    """Returns `[C, m, T, N, D]`: poses with few degrees of freedom that drift over the frames."""
    pose = generator.normal(size=(CLASSES, per_class, 1, 8))
    drift = generator.normal(size=(CLASSES, per_class, FRAMES, 8)).cumsum(axis=2)
    joints = np.random.default_rng(0).normal(size=(8, JOINTS * DIMENSIONS)) / np.sqrt(8)
    clips = (pose + 0.1 * drift) @ joints
    return clips.reshape(CLASSES, per_class, FRAMES, JOINTS, DIMENSIONS).astype(np.float32)


def plain_mmd(x, y):
    """Returns the MMD of vectors `[m, features]` by definition, the maximum over bandwidths."""
    m = len(x)
    squared = np.zeros(len(BANDWIDTHS))
    for sign, a, b in ((1, x, x), (1, y, y), (-2, x, y)):
        distances = np.square(a[:, None] - b).sum(axis=-1, dtype=np.float64)
        for i, bandwidth in enumerate(BANDWIDTHS):
            kernel = np.exp(-distances / bandwidth)
            squared[i] += sign * (kernel.sum() - np.trace(kernel))
    return np.sqrt(np.maximum(squared / (m * (m - 1)), 0)).max()


def measure(per_class):
    """Returns seconds and MiB of the MMD, seconds of the plain one, and their difference."""
    generator = np.random.default_rng(1)
    generated, real = (smooth_clips(per_class, generator) for _ in range(2))
    start = time.perf_counter()
    mmd(generated, real)
    seconds = time.perf_counter() - start
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    m = min(_PLAIN_CLIPS, per_class)
    frame = [clips[:1, :m, :1] for clips in (generated, real)]
    start = time.perf_counter()
    plain = plain_mmd(*(clips.reshape(m, -1) for clips in frame))
    plain_seconds = time.perf_counter() - start
    plain_seconds *= CLASSES * FRAMES * (per_class / m) ** 2
    return seconds, mebibytes, plain_seconds, abs(mmd(*frame)["mmd_avg"] - plain)


class StandIn:
    """A model that generates clips, and returns real ones in their place.

    Args:
        model: A `MotionModel`.
        data: A `MotionData`. The label and the seed of a row choose one of its training clips.
    """

    def __init__(self, model, data):
        from sagcn_tf.data.input_pipeline import evaluation_clips

        self.model = model
        self.clips = evaluation_clips(data, "train", 1000, 7, FRAMES)  # [C, 1000, T, N, D]

    def generate(self, label, seed):
        """Like `MotionModel.generate`."""
        np.asarray(self.model.generate(label, seed))
        return self.clips[label.argmax(axis=1), seed % self.clips.shape[1]]


def whole_evaluation(per_class, data_dir):
    """Times a whole evaluation of a checkpoint, without the stored measurements of the data.

    Args:
        per_class: The larger number of clips per class; the smaller one is at most 100.
        data_dir: Folder for prepared data.

    Returns:
        `{part: CPU seconds}`, and the total seconds and CPU seconds.
    """
    from sagcn_tf import runs
    from sagcn_tf.config import make_config
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation import evaluation

    data = input_pipeline.load("synthetic", data_dir)
    model = StandIn(
        runs.new_model(make_config("synthetic", "tuned"), data, for_training=False), data
    )
    sizes = sorted({min(per_class, 100), per_class})
    real = {m: _equal_draws(data, m) for m in sizes}
    classifiers = {kind: _untrained(kind, data) for kind in KINDS}
    parts = {}
    with contextlib.ExitStack() as stack:
        for place, name, part in (
            (evaluation, "sample_all_classes", "generation"),
            (evaluation, "within_sums", "MMD"),
            (evaluation, "mmd", "MMD"),
            (evaluation, "class_statistics", "motion statistics"),
            (TrainedClassifier, "measure", "recognition"),
        ):
            timed = _timed(getattr(place, name), parts, part)
            stack.enter_context(unittest.mock.patch.object(place, name, timed))
        start, cpu = time.perf_counter(), time.process_time()
        evaluation.evaluate_model(model, data, FRAMES, sizes, False, classifiers, real)
        return parts, time.perf_counter() - start, time.process_time() - cpu


def _timed(function, parts, part):
    """Wraps a function so that its CPU seconds are added to those of its part."""

    def timed(*args, **kwargs):
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            parts[part] = parts.get(part, 0) + time.process_time() - start

    return timed


def _equal_draws(data, m):
    """Returns `RealMeasurements` whose draws are all equal; the time does not depend on them."""
    from sagcn_tf.evaluation import real_measurements
    from sagcn_tf.evaluation.motion_report import class_statistics

    clips = {
        split: real_measurements.compared_clips(data, split, m, 0, FRAMES)
        for split in real_measurements.SPLITS
    }
    sums = {split: [within_sums(of)] * real_measurements.RESAMPLINGS for split, of in clips.items()}
    motion = {split: class_statistics(of, clips["train"], data) for split, of in clips.items()}
    return real_measurements.RealMeasurements(sums, {}, motion)


def _untrained(kind, data):
    """Returns an untrained `TrainedClassifier`, which takes as long as a trained one."""
    from sagcn_tf.metrics.frechet_distance import gaussian

    network = new_network(kind, data, FRAMES)
    facts = {"clip_shape": [FRAMES, *data.mean.shape], "real": {}}
    classifier = TrainedClassifier(kind, network, {}, facts)
    noise = np.random.default_rng(0).standard_normal((200, *facts["clip_shape"]), np.float32)
    features = gaussian(classifier.classify(noise)[1])
    classifier.references.update(train=features, test=features)
    return classifier


def rows_of(*measured):
    """Returns the rows from the measurements, which are in the order of the goals."""
    return [
        row(name, "under", goal, one, unit)
        for (name, (goal, unit)), one in zip(_GOALS.items(), measured, strict=True)
    ]


def main(_):
    """Measures, prints the rows, and writes them to --json."""
    per_class = _FLAGS.clips_per_class
    seconds, mebibytes, plain_seconds, difference = measure(per_class)
    print(f"MMD_avg and MMD_seq, {CLASSES} x {per_class} clips, {len(BANDWIDTHS)} bandwidths;")
    print(
        f"plain implementation of MMD_avg alone: {plain_seconds:.0f} s, scaled up from one frame, "
        f"{plain_seconds / seconds:.0f} times as long; difference on that frame {difference:.1e}"
    )
    parts, whole, cpu = whole_evaluation(per_class, _FLAGS.data_dir)
    rows = rows_of(seconds, mebibytes, whole)
    parts = {"total": cpu, **parts}
    rows += [
        row(f"CPU time of the evaluation, {name}", None, None, one, "s")
        for name, one in parts.items()
    ]
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("clips_per_class", 1000, "Clips per class.", 2, 2000)
    flags.DEFINE_string("data_dir", "data", "Folder for prepared data.")
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
