"""Reference sets: clips of known quality that put an MMD into context.

An MMD of 0.2 means little by itself. It becomes meaningful next to the scores of other real clips,
frozen poses and noise on the same data.

Each function takes standardized real training clips `[C, m, T, N, D]` (not those that the sets are
compared with), clips of the test subjects of the same shape, and a `numpy.random.Generator`. It
returns clips of this shape. `REFERENCE_SETS` maps names to functions.
"""

import numpy as np


def other_training_clips(training, test, generator):
    """Returns the training clips: another sample of the same distribution, which scores lowest."""
    return training


def test_clips(training, test, generator):
    """Returns the test clips: real motion of people who are not in the training set."""
    return test


def frozen_clips(training, test, generator):
    """Repeats the first frame of each clip."""
    return np.broadcast_to(training[:, :, :1], training.shape)


def shuffled_clips(training, test, generator):
    """Shuffles the frames of each clip."""
    order = np.argsort(generator.random(training.shape[:3]), axis=2)
    return np.take_along_axis(training, order[..., None, None], axis=2)


def unlabeled_clips(training, test, generator):
    """Shuffles the clips across classes."""
    clips = training.reshape(-1, *training.shape[2:])  # [C m, T, N, D]
    return generator.permutation(clips).reshape(training.shape)


def white_noise(training, test, generator):
    """Draws each coordinate of each frame from N(0, 1)."""
    return generator.standard_normal(training.shape, np.float32)


def mean_poses(training, test, generator):
    """Repeats the mean pose of the class in each frame."""
    return np.broadcast_to(training.mean(axis=(1, 2), keepdims=True), training.shape)


REFERENCE_SETS = {
    "other training clips": other_training_clips,
    "clips of the test subjects": test_clips,
    "one frame, frozen": frozen_clips,
    "frames shuffled in time": shuffled_clips,
    "label ignored": unlabeled_clips,
    "white noise": white_noise,
    "mean pose of the class": mean_poses,
}
