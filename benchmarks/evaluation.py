"""Times MMD_avg and MMD_seq of 10 x 1000 clips, and its memory, beside a plain computation.

python -m benchmarks.evaluation --json=evaluation.json

The plain computation takes all differences of two sets of frames at once, as the definition
reads; it is timed on one frame of fewer clips and scaled to the whole by the number of pairs.
Clips are smooth random motion of T = 50 frames and N = 15 joints with 2 coordinates.
"""

import resource
import time

import numpy as np
from absl import app, flags

from benchmarks.rows import report, row
from sagcn_tf.metrics.kernel_sums import BANDWIDTHS
from sagcn_tf.metrics.mmd import mmd

CLASSES, FRAMES, JOINTS, DIMENSIONS = 10, 50, 15, 2
_PLAIN_CLIPS = 200
_GOALS = {"MMD of 10 x 1000 clips": (60, "s"), "peak memory of it": (1024, "MiB")}
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


def rows_of(seconds, mebibytes):
    """The measurements with their goals, one dict each."""
    return [
        row(name, "under", goal, measured, unit)
        for (name, (goal, unit)), measured in zip(_GOALS.items(), (seconds, mebibytes), strict=True)
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
    report(rows_of(seconds, mebibytes), _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("clips_per_class", 1000, "clips a class", 2, 2000)
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
