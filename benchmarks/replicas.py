"""Compares training steps on two logical replicas with steps on one, at the same total batch.

python -m benchmarks.replicas --preset=paper

Both take turns in one process and on the same cores, so the difference is the cost of replication.
"""

import tempfile
import time

import numpy as np
from absl import app, flags, logging

from benchmarks.rows import report, row
from benchmarks.steps import Steps

_FLAGS = flags.FLAGS
_SLOWER = 5  # percent


def measure(config, repeats, run_dir):
    """Times steps on one and on two replicas, in turn.

    Args:
        config: A `Config`.
        repeats: Number of timed steps of each.
        run_dir: An empty folder.

    Returns:
        `{replicas: ([seconds per step], number of traces)}`.
    """
    import tensorflow as tf

    from sagcn_tf.training.workers import Workers

    devices = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], devices)
    runs, seconds = {}, {1: [], 2: []}
    for replicas in seconds:
        strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(replicas)])
        workers = Workers(strategy=strategy)
        runs[replicas] = Steps(config, f"{run_dir}/{replicas}", workers=workers)
        runs[replicas]()
    for _ in range(repeats):
        for replicas, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[replicas].append(time.perf_counter() - start)
    return {replicas: (seconds[replicas], run.traces()) for replicas, run in runs.items()}


def main(_):
    """Measures, prints the rows, and writes them to --json."""
    logging.set_verbosity(logging.ERROR)
    from sagcn_tf.config import make_config

    config = make_config("human36m", _FLAGS.preset, mixed_precision=_FLAGS.mixed_precision)
    with tempfile.TemporaryDirectory() as run_dir:
        measured = measure(config, _FLAGS.repeats, run_dir)
    (one, _), (two, _) = measured[1], measured[2]
    slower = 100 * (np.median(np.divide(two, one)) - 1)
    traces = max(count for _, count in measured.values())
    print(f"preset {config.preset}, batch {config.batch_size}, {len(one)} steps each, in turn")
    print(f"one replica  {min(one):.3f} s per step (shortest)   {np.median(one):.3f} s (median)")
    print(f"two replicas {min(two):.3f} s per step (shortest)   {np.median(two):.3f} s (median)")
    rows = [
        row("two replicas vs. one", "at most", _SLOWER, slower, "% slower"),
        row("traces per run", "at most", 1, traces, "traces"),
    ]
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "Preset of the networks.")
    flags.DEFINE_boolean("mixed_precision", False, "Whether to compute in bfloat16.")
    flags.DEFINE_integer("repeats", 10, "Timed steps of each.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
