"""Times training steps on two logical replicas against one with the same whole batch.

python -m benchmarks.replicas --preset=paper

Both train in one process, by turns, on the same cores: what is left is the cost of sharing out.
"""

import os
import tempfile
import time

import numpy as np
from absl import app, flags

from benchmarks.rows import row

_FLAGS = flags.FLAGS
_SLOWER = 5  # per cent


def random_data(sequences=100, length=300):
    """A `MotionData` of white noise on the joints of Human3.6M, a sequence in each of its rows."""
    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.motion_data import MotionData, Sequences
    from sagcn_tf.skeleton import Skeleton

    joints = (len(HUMAN36M_15["joints"]), 2)
    generator = np.random.default_rng(0)
    split = Sequences(
        frames=generator.standard_normal((sequences * length, *joints), np.float32),
        offsets=np.arange(sequences + 1) * length,
        labels=np.arange(sequences, dtype=np.int32) % 10,
        names=[str(number) for number in range(sequences)],
        subjects=["S1"] * sequences,
    )
    return MotionData(
        dataset="noise",
        class_names=[str(number) for number in range(10)],
        skeleton=Skeleton.from_metadata(HUMAN36M_15),
        mean=np.zeros(joints, np.float32),
        std=np.ones(joints, np.float32),
        unit="pixel",
        frame_rate=50 / 3,
        stride=3,
        first_start=0,
        train=split,
    )


def measure(config, repeats, run_dir):
    """Seconds of each of `repeats` steps and the number of traces, of one replica and of two.

    Args:
        config: a `Config`.
        repeats: how many steps of each are timed.
        run_dir: an empty folder.

    Returns:
        `{replicas: ([seconds], traces)}`.
    """
    import tensorflow as tf

    from sagcn_tf.machines import Machines
    from sagcn_tf.trainer import Trainer

    devices = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], devices)
    data, trainers, batches, seconds = random_data(), {}, {}, {1: [], 2: []}
    for replicas in seconds:
        strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(replicas)])
        machines = Machines(strategy=strategy)
        trainers[replicas] = Trainer(config, data, f"{run_dir}/{replicas}", None, machines)
        batches[replicas] = iter(trainers[replicas]._batches(0))
        trainers[replicas]._run_step(next(batches[replicas]))
    for _ in range(repeats):
        for replicas, trainer in trainers.items():
            start = time.perf_counter()
            trainer._run_step(next(batches[replicas]))
            seconds[replicas].append(time.perf_counter() - start)
    return {
        replicas: (seconds[replicas], trainer._distributed_step.experimental_get_tracing_count())
        for replicas, trainer in trainers.items()
    }


def main(_):
    """Measures, prints, and writes the rows where a file is named."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from sagcn_tf.config import make_config

    config = make_config("human36m", _FLAGS.preset, mixed_precision=_FLAGS.mixed_precision)
    with tempfile.TemporaryDirectory() as run_dir:
        measured = measure(config, _FLAGS.repeats, run_dir)
    (one, _), (two, _) = measured[1], measured[2]
    slower = 100 * (np.median(np.divide(two, one)) - 1)
    traces = max(count for _, count in measured.values())
    print(f"preset {config.preset}, batch {config.batch_size}, {len(one)} steps each, by turns")
    print(f"one replica  {min(one):.3f} s a step (shortest)   {np.median(one):.3f} s (median)")
    print(f"two replicas {min(two):.3f} s a step (shortest)   {np.median(two):.3f} s (median)")
    print(f"slower by {slower:.1f} %, the median of all pairs (goal: at most {_SLOWER} %)")
    print(f"traces of a run: {traces} (goal: 1)")
    if _FLAGS.json:
        from sagcn_tf.runs import write_json

        write_json(
            _FLAGS.json,
            [
                row("two replicas against one", _SLOWER, slower, "% slower", slower <= _SLOWER),
                row("traces of a run", 1, traces, "traces", traces == 1),
            ],
        )


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "whose networks")
    flags.DEFINE_boolean("mixed_precision", False, "compute in bfloat16")
    flags.DEFINE_integer("repeats", 10, "steps of each that are timed", 1)
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
