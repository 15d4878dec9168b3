"""Times MMD_avg and MMD_seq of 10 x 1000 clips, and the whole evaluation of a checkpoint.

python -m benchmarks.evaluation --json=evaluation.json

MMD is timed beside a plain computation, and its memory is measured. The plain computation takes
all differences of two sets of frames at once, as the definition reads; it is timed on one frame of
fewer clips and scaled to the whole by the number of pairs. Clips are smooth random motion
of T = 50 frames and N = 15 joints with 2 coordinates.

The whole evaluation is of preset `tuned` on the synthetic data: five draws against clips of both
splits, motion statistics, and recognition by both classifiers, once the real side is kept. Its
networks are untrained; in the place of what they generate, all alike, real clips are measured.
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
    "peak memory of it": (1024, "MiB"),
    "whole evaluation of 10 x 1000 clips": (90, "s"),
}
_FLAGS = flags.FLAGS


def smooth_clips(per_class, generator):
    """Returns `[C, m, T, N, D]`: a pose of few free numbers that drifts from frame to frame."""
    pose = generator.normal(size=(CLASSES, per_class, 1, 8))
    drift = generator.normal(size=(CLASSES, per_class, FRAMES, 8)).cumsum(axis=2)
    joints = np.random.default_rng(0).normal(size=(8, JOINTS * DIMENSIONS)) / np.sqrt(8)
    clips = (pose + 0.1 * drift) @ joints
    return clips.reshape(CLASSES, per_class, FRAMES, JOINTS, DIMENSIONS).astype(np.float32)


def plain_mmd(x, y):
    """MMD of vectors `[m, features]`, maximised over the bandwidths, from its definition."""
    m = len(x)
    squared = np.zeros(len(BANDWIDTHS))
    for sign, a, b in ((1, x, x), (1, y, y), (-2, x, y)):
        distances = np.square(a[:, None] - b).sum(axis=-1, dtype=np.float64)
        for i, bandwidth in enumerate(BANDWIDTHS):
            kernel = np.exp(-distances / bandwidth)
            squared[i] += sign * (kernel.sum() - np.trace(kernel))
    return np.sqrt(np.maximum(squared / (m * (m - 1)), 0)).max()


def measure(per_class):
    """Returns seconds and MiB of the MMD, seconds of the plain one, and how far they differ."""
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
    """Takes the time of a model, and gives real clips.

    Args:
        model: a `MotionModel`.
        data: a `MotionData`, from whose training clips of each class a row is taken by its seed.
    """

    def __init__(self, model, data):
        from sagcn_tf.data.input_pipeline import evaluation_clips

        self.model = model
        self.clips = evaluation_clips(data, "train", 1000, 7, FRAMES)  # [C, 1000, T, N, D]

    def generate(self, label, seed):
        """As `MotionModel.generate`."""
        np.asarray(self.model.generate(label, seed))
        return self.clips[label.argmax(axis=1), seed % self.clips.shape[1]]


def whole_evaluation(per_class, data_dir):
    """Times the whole evaluation of a checkpoint, without what is kept of the data.

    Args:
        per_class: the larger number of clips a class; the smaller one is at most 100.
        data_dir: folder for prepared data.

    Returns:
        `{part: CPU seconds}`, and seconds and CPU seconds of the whole.
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
    """The function, whose CPU seconds are added to those of its part."""

    def timed(*args, **kwargs):
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            parts[part] = parts.get(part, 0) + time.process_time() - start

    return timed


def _equal_draws(data, m):
    """A `RealMeasurements` with equal draws: the time of a comparison does not depend on them."""
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
    """A `TrainedClassifier` that takes the time of a trained one."""
    from sagcn_tf.metrics.frechet_distance import gaussian

    network = new_network(kind, data, FRAMES)
    facts = {"clip_shape": [FRAMES, *data.mean.shape], "real": {}}
    classifier = TrainedClassifier(kind, network, {}, facts)
    noise = np.random.default_rng(0).standard_normal((200, *facts["clip_shape"]), np.float32)
    features = gaussian(classifier.classify(noise)[1])
    classifier.references.update(train=features, test=features)
    return classifier


def rows_of(*measured):
    """The measurements with their goals, one dict each, in the order of the goals."""
    return [
        row(name, "under", goal, one, unit)
        for (name, (goal, unit)), one in zip(_GOALS.items(), measured, strict=True)
    ]


def main(_):
    """Measures, prints, and writes the rows where a file is named."""
    per_class = _FLAGS.clips_per_class
    seconds, mebibytes, plain_seconds, difference = measure(per_class)
    print(f"MMD_avg and MMD_seq, {CLASSES} x {per_class} clips, {len(BANDWIDTHS)} bandwidths;")
    print(
        f"plain computation of MMD_avg alone: {plain_seconds:.0f} s, scaled from one frame, "
        f"{plain_seconds / seconds:.0f} times as long; difference on that frame {difference:.1e}"
    )
    parts, whole, cpu = whole_evaluation(per_class, _FLAGS.data_dir)
    rows = rows_of(seconds, mebibytes, whole)
    parts = {"the whole": cpu, **parts}
    rows += [
        row(f"CPU time of an evaluation, {name}", None, None, one, "s")
        for name, one in parts.items()
    ]
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("clips_per_class", 1000, "clips a class", 2, 2000)
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
