"""Trains on one and on two CPU replicas and saves what came out, for the tests to compare.

`python -m tests.two_replicas FOLDER`. A process of its own, because the devices have to be there
before TensorFlow starts.
"""

import pathlib
import sys
import warnings

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.training.workers import Workers
from tests.recorded_trainer import RecordedTrainer
from tests.small_data import small_config, small_data

DEVICES = ("CPU:0", "CPU:1")
STEPS = 2
NETWORKS = {"G": "generator", "D_V": "sequence_discriminator", "D_F": "frame_discriminator"}


def train(config, run_dir, replicas):
    """Some steps of the trainer by gradient descent; returns results and weights as arrays.

    Not by Adam, whose first step turns the smallest difference of a gradient near 0 into one of
    twice the learning rate.
    """
    strategy = tf.distribute.MirroredStrategy(DEVICES[:replicas])
    workers = Workers(strategy=strategy)
    trainer = RecordedTrainer(config, run_dir / str(replicas), workers=workers)
    with strategy.scope():
        for name, network in NETWORKS.items():
            optimizer = keras.optimizers.SGD(0.001)
            optimizer.build(getattr(trainer.model, network).trainable_variables)
            trainer.model.optimizers[name] = optimizer
    assert strategy.num_replicas_in_sync == replicas
    assert trainer.train()
    weights = enumerate(trainer.model.weights)  # by number: names differ from model to model
    arrays = {f"weight/{number}": weight.numpy() for number, weight in weights}
    for step, results in trainer.recorder.steps:
        arrays |= {f"result/{step}/{name}": value for name, value in results.items()}
    return arrays


def fit(config):
    """`fit` with Adam on two replicas; returns losses, weights and the state of Adam."""
    with tf.distribute.MirroredStrategy(DEVICES).scope():
        model = runs.new_model(config, small_data())
        model.compile()
    before = model.generator.get_weights()
    dataset = training_batches(small_data(), config.frames, config.batch_size, config.seed)
    history = model.fit(dataset, steps_per_epoch=STEPS, epochs=2, shuffle=False, verbose=0).history
    arrays = {f"result/{name}": np.array(values) for name, values in history.items()}
    moved = zip(before, model.generator.get_weights(), strict=True)
    arrays["moved"] = np.array([np.abs(old - new).max() for old, new in moved])
    arrays["iterations"] = np.array([o.iterations.numpy() for o in model.optimizers.values()])
    variables = [variable for o in model.optimizers.values() for variable in o.variables]
    for number, variable in enumerate([*model.weights, *variables]):
        copies = [copy.numpy() for copy in variable.value.values]
        assert len(copies) == 2 and np.array_equal(*copies), f"{variable.path} differs"
        arrays[f"variable/{number}"] = copies[0]
    return arrays


def main(folder):
    """Writes one.npz and two.npz of the trainer, and fit.npz."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * len(DEVICES)
    tf.config.set_logical_device_configuration(cpu, halves)
    # Of `tuned`, whose pairs of clips lie on both replicas. Each has all clips of a class.
    config = small_config("tuned", clips_of_class=2, steps=STEPS, ema_decay=0.5)
    for replicas, name in ((1, "one"), (2, "two")):
        np.savez(folder / f"{name}.npz", **train(config, folder, replicas))
    np.savez(folder / "fit.npz", **fit(config))


if __name__ == "__main__":
    warnings.simplefilter("error")
    main(pathlib.Path(sys.argv[1]))
