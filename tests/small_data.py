"""A small data set and a small configuration, for tests of whatever trains or samples.

Nothing is read from files: six sequences a split, of a body of five joints, in three classes.
"""

import functools

import numpy as np

from sagcn_tf.config import make_config
from sagcn_tf.data.input_pipeline import MotionData, Sequences
from sagcn_tf.skeleton import Skeleton

CLASS_NAMES = ["waving", "bowing", "stepping"]
FRAMES, STRIDE, FIRST_START = 8, 2, 3
# A clip covers 8 * 2 frames and starts between frame 3 and frame length - 17: 1 to 12 starts.
LENGTHS = {"train": (20, 23, 21, 31, 22, 26), "test": (24, 20, 29, 21, 25, 20)}
SKELETON = Skeleton(
    name="small",
    joints=("hip", "chest", "head", "left_hand", "right_hand"),
    edges=((0, 1), (1, 2), (1, 3), (1, 4)),
    bones=((0, 1), (1, 2), (1, 3), (1, 4)),
    left=(3,),
    right=(4,),
    center=1,
)
_POSE = np.array([[0, 0, 0], [0, -5, 0], [0, -8, 0], [4, -2, 1], [-4, -2, 1]], np.float64)


@functools.cache
def small_data(dimensions=2):
    """A `MotionData` with `dimensions` coordinates per joint; do not write into its arrays."""
    raw = {split: _raw_sequences(split, dimensions) for split in LENGTHS}
    everything = np.concatenate(raw["train"])
    mean, std = everything.mean(axis=0), everything.std(axis=0)
    return MotionData(
        dataset="synthetic",
        class_names=CLASS_NAMES,
        skeleton=SKELETON,
        mean=mean.astype(np.float32),
        std=std.astype(np.float32),
        unit="pixel",
        frame_rate=12.5,
        stride=STRIDE,
        first_start=FIRST_START,
        train=_sequences("train", [(motion - mean) / std for motion in raw["train"]]),
        test=_sequences("test", [(motion - mean) / std for motion in raw["test"]]),
    )


_NARROW = {
    "frames": FRAMES,
    "projection": 7,
    "hidden": 9,
    "maps": (11, 12),
    "top_k": 3,
    "filters": (3, 4, 4, 5, 5),
    "k_frame": 4,
    "steps": 8,
    "batch_size": 4,
    "learning_rate": 0.01,
    "checkpoint_every": 2,
    "evaluate_every": 4,
}
_NARROW_OF = {
    "paper": {
        "noise_dim": 6,
        "label_embedding": 4,
        "sequence_maps": (13, 12, 11, 8),
        "frame_maps": (12, 10, 9, 7),
    },
    "authors": {"noise_dim": 6, "label_embedding": 4},
    "tuned": {
        "clip_noise": 5,
        "modes": 3,
        "frame_noise": 4,
        "waves": 2,
        "latent": 7,
        "warm_up": 3,
        "joint_features": 3,
        "sequence_width": 12,
        "frame_width": 10,
    },
}


def small_config(preset="paper", **overrides):
    """A preset with narrow networks on clips of 8 frames, some fields overridden."""
    return make_config("synthetic", preset, **{**_NARROW, **_NARROW_OF[preset], **overrides})


def batch_of_clips(batch=4, dimensions=2, seed=0):
    """Random motion `[batch, T, N, D]` and one-hot label `[batch, C]`, float32."""
    rng = np.random.default_rng(seed)
    motion = rng.normal(size=[batch, FRAMES, SKELETON.num_joints, dimensions]).astype(np.float32)
    labels = np.arange(batch) % len(CLASS_NAMES)
    return motion, np.eye(len(CLASS_NAMES), dtype=np.float32)[labels]


class RecordingReporter:
    """Keeps what a trainer reports, and calls `at_step(step)` after each step.

    The evaluation gives a number of the model's weights, which no two steps have in common.
    """

    def __init__(self, at_step=lambda step: None, model=None):
        self.at_step, self.model = at_step, model
        self.steps, self.evaluations = [], []

    def step(self, step, results):
        self.steps.append((step, results))
        self.at_step(step)

    def evaluation(self, step):
        weights = self.model.get_weights()
        score = float(np.mean([np.abs(weight).mean() for weight in weights]))
        self.evaluations.append((step, score))
        return score

    def evaluated(self, step):
        return True

    def flush(self):
        pass


def _raw_sequences(split, dimensions):
    rng = np.random.default_rng(len(split))
    sequences = []
    for number, length in enumerate(LENGTHS[split]):
        phase = rng.uniform(0.0, 6.0, size=_POSE.shape)
        speed = 0.2 + 0.15 * (number % len(CLASS_NAMES))
        swing = np.sin(speed * np.arange(length)[:, None, None] + phase)
        sequences.append((_POSE + swing)[..., :dimensions])
    return sequences


def _sequences(split, motions):
    lengths = [len(motion) for motion in motions]
    return Sequences(
        frames=np.concatenate(motions).astype(np.float32),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        labels=(np.arange(len(motions)) % len(CLASS_NAMES)).astype(np.int32),
        names=[f"{split}{number}" for number in range(len(motions))],
        subjects=[f"{split} subject"] * len(motions),
    )
