"""One of several workers that train on small data, as selected by TF_CONFIG.

`python -m tests.one_of_several_workers RUN_DIR [SIGNAL STEP]`. The worker sends itself the signal
at the start of the step.
"""

import contextlib
import os
import pathlib
import signal
import sys
import unittest.mock
import warnings

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster
from tests.small_data import small_config, small_data

STEPS = 8
# Half of a batch, so that each of two workers has all clips of a class (`ClassSpread`); with seeds
# 0 and 1, no two groups of a batch are of one class. With seed 0, rounding alone (one worker, with
# and without oneDNN) moves weights by .002; with seed 1, by 4e-6.
CONFIG = small_config(
    "tuned", clips_of_class=2, steps=STEPS, ema_decay=0.5, evaluate_every=4, seed=1
)


@contextlib.contextmanager
def small_world():
    """Uses small data, a quick evaluation, and gradient descent in place of Adam.

    The first step of Adam would turn tiny differences of a gradient near 0 into differences of
    twice the learning rate.
    """
    import keras

    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation import selection
    from sagcn_tf.models.motion_model import MotionModel
    from sagcn_tf.training import run

    def descent(self, name):
        return keras.optimizers.SGD(0.001, name=name)

    with contextlib.ExitStack() as stack:
        for place, name, stand_in in (
            (input_pipeline, "load", lambda *arguments: small_data()),
            (selection, "CLIPS", 5),
            (MotionModel, "_adam", descent),
            (run, "_finish", lambda *arguments: None),
        ):
            stack.enter_context(unittest.mock.patch.object(place, name, stand_in))
        yield


def main(run_dir, name=None, at_step=None):
    """Trains the run to its end, or until the signal."""
    cluster = Cluster.from_environment()
    from sagcn_tf.training.run import train_run
    from sagcn_tf.training.trainer import Trainer

    run_step = Trainer._run_step

    def run_step_with_signal(self, batch, step):
        if name and int(self.step) + 1 == int(at_step):
            os.kill(os.getpid(), signal.Signals[name])
        return run_step(self, batch, step)

    with small_world(), unittest.mock.patch.object(Trainer, "_run_step", run_step_with_signal):
        try:
            train_run(CONFIG, pathlib.Path(run_dir), "unused", cluster=cluster)
        except UserError as error:
            sys.exit(f"error: {error}")


if __name__ == "__main__":
    warnings.simplefilter("error")
    main(*sys.argv[1:])
