"""Training steps exactly as `sagcn_tf.train` runs them, by default on random data."""

import os

import numpy as np

# Set before TensorFlow is imported, to silence its messages about the hardware.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def random_data(skeleton=None, sequences=100, length=300):
    """Returns a `MotionData` of white noise with 10 classes and sequences of equal length.

    Args:
        skeleton: Metadata of a skeleton. Default: the 15 joints of Human3.6M.
        sequences: Number of sequences. Default 100.
        length: Frames per sequence. Default 300.
    """
    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.data.motion_data import MotionData, Sequences
    from sagcn_tf.skeleton import Skeleton

    skeleton = Skeleton.from_metadata(skeleton or HUMAN36M_15)
    joints = (skeleton.num_joints, 2)
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
        skeleton=skeleton,
        mean=np.zeros(joints, np.float32),
        std=np.ones(joints, np.float32),
        unit="pixel",
        frame_rate=50 / 3,
        stride=3,
        first_start=0,
        train=split,
    )


class Steps:
    """A training run; each call runs one step.

    Args:
        config: A `Config`.
        run_dir: An empty folder.
        data: A `MotionData`. Default: `random_data()`.
        workers: The `Workers` to train on. Default: this process alone.
    """

    def __init__(self, config, run_dir, data=None, workers=None):
        from sagcn_tf.training.trainer import Trainer

        self.data = data or random_data()
        self.trainer = Trainer(config, self.data, run_dir, workers)
        self.model = self.trainer.model
        self._batches = iter(self.trainer._batches(0))

    def __call__(self):
        """Runs one step; returns its results by name."""
        return self.trainer._run_step(self.next_batch(), 0)

    def next_batch(self):
        """Returns motion `[batch, T, N, D]` and labels `[batch, C]`."""
        return next(self._batches)

    def graph(self):
        """Returns the traced graph of a step."""
        step, stage = self.trainer._distributed_step, self.model.stage_at(0)
        return step.get_concrete_function(self.next_batch(), stage).graph

    def traces(self):
        """Returns how often the step was traced."""
        return self.trainer._distributed_step.experimental_get_tracing_count()
