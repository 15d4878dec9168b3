"""Trains each system on one and on two CPU replicas and saves what came out.

`python -m tests.every_system_on_two_replicas FOLDER`. A process of its own, because the devices
have to be there before TensorFlow starts.
"""

import functools
import pathlib
import sys

import numpy as np
import tensorflow as tf

from sagcn_tf.models.systems import SYSTEMS
from sagcn_tf.training.workers import Workers
from tests.recorded_trainer import RecordedTrainer
from tests.systems import system_config

DEVICES = ("CPU:0", "CPU:1")
# One of each stage; later steps may differ, as Adam turns tiny differences of a gradient into whole
# steps.
STEPS = {"skeleton_gan": 2, "c_skeleton_gan": 2}
# Of the variants the one with statistics over the batch.
TRAINED = (*SYSTEMS, "stgc")


@functools.cache
def strategy_of(replicas):
    """One for all systems: two of them in a process would mix up what their replicas exchange."""
    return tf.distribute.MirroredStrategy(DEVICES[:replicas])


def train(name, folder, replicas):
    """A whole short run; returns its results, and whether all replicas hold the same weights."""
    workers = Workers(strategy=strategy_of(replicas))
    # Half of a batch, so that each of two replicas has all clips of a class (`ClassSpread`).
    config = system_config(name, STEPS.get(name, 1), clips_of_class=2)
    trainer = RecordedTrainer(config, folder, workers=workers)
    assert trainer.train()
    arrays = {}
    for step, results in trainer.recorder.steps:
        arrays |= {f"{name}/{replicas}/{step}/{what}": value for what, value in results.items()}
    if replicas > 1:
        copies = [[copy.numpy() for copy in w.value.values] for w in trainer.model.weights]
        arrays[f"{name}/same"] = all(np.array_equal(*pair) for pair in copies)
    return arrays


def main(folder):
    """Writes results.npz."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * len(DEVICES)
    tf.config.set_logical_device_configuration(cpu, halves)
    tf.config.run_functions_eagerly(True)  # to trace all of these steps would take minutes
    arrays = {}
    for name in TRAINED:
        for replicas in (1, 2):
            arrays |= train(name, folder / name / str(replicas), replicas)
    np.savez(folder / "results.npz", **arrays)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
