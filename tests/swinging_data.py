"""A small data set of swinging joints, and a model that imitates it."""

import numpy as np

from sagcn_tf.data.input_pipeline import MotionData, Sequences
from sagcn_tf.skeleton import Skeleton

CLASSES, FRAMES, JOINTS = 3, 6, 4
_LENGTH = 60


def _swing(label, size, phase, frames):
    """Returns joints that swing around the positions of a class, standardized `[frames, N, D]`."""
    places = np.random.default_rng(label).normal(size=(JOINTS, 2))
    time = np.arange(frames)[:, None, None] * (0.2 + 0.1 * label) + phase
    return places + 0.5 * size * np.sin(time + np.arange(JOINTS)[:, None] + np.arange(2))


def _sequences(subjects):
    motions, labels = [], []
    for subject in subjects:
        for label in range(CLASSES):
            motions.append(_swing(label, 1 + 0.3 * subject, subject, _LENGTH))
            labels.append(label)
    return Sequences(
        frames=np.concatenate(motions).astype(np.float32),
        offsets=np.arange(len(motions) + 1) * _LENGTH,
        labels=np.array(labels, np.int32),
        names=[f"sequence {i}" for i in range(len(motions))],
        subjects=[f"subject {subject}" for subject in subjects for _ in range(CLASSES)],
    )


def small_data():
    """Returns a `MotionData` of 3 classes, 4 joints, 3 training subjects and 1 test subject."""
    skeleton = Skeleton(
        name="chain",
        joints=("a", "b", "c", "d"),
        edges=((0, 1), (1, 2), (2, 3)),
        bones=((-1, 0), (0, 1), (1, 2), (2, 3)),
        left=(0,),
        right=(3,),
        center=1,
    )
    return MotionData(
        dataset="small",
        class_names=["wave", "nod", "turn"],
        skeleton=skeleton,
        mean=np.full((JOINTS, 2), 5, np.float32),
        std=np.full((JOINTS, 2), 20, np.float32),
        unit="pixel",
        frame_rate=10.0,
        stride=2,
        first_start=0,
        train=_sequences([0, 1, 2]),
        test=_sequences([4]),
    )


class SmallModel:
    """A model that swings like the data, plus `noise`; rows depend on their label and seed."""

    def __init__(self, data, noise=0.5):
        self.data, self.noise = data, noise

    def generate(self, label, seed):
        """Returns motion `[B, T, N, D]`."""
        return np.stack([self._clip(*row) for row in zip(label.argmax(axis=1), seed, strict=True)])

    def _clip(self, label, seed):
        generator = np.random.default_rng(seed)
        clip = _swing(label, generator.uniform(1, 1.6), generator.uniform(0, 6), 2 * FRAMES)[::2]
        return (clip + self.noise * generator.normal(size=clip.shape)).astype(np.float32)
