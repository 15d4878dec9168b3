"""Sample sets whose quality is known, to read a maximum mean discrepancy by.

A number such as 0.2 says little by itself; beside what other real clips, frozen poses and noise
score on the same data it says where a generator stands.

Each function takes standardized real training clips `[C, m, T, N, D]` (others than those that are
compared with), as many clips of the test subjects, and a `numpy.random.Generator`; it returns as
many clips. REFERENCE_SETS names them.
"""

import numpy as np


def other_training_clips(training, test, generator):
    """The floor: what random draws of the same distribution score."""
    return training


def test_clips(training, test, generator):
    """Real motion of people that are not in the training set."""
    return test


def frozen_clips(training, test, generator):
    """The first frame of each clip, all the time."""
    return np.broadcast_to(training[:, :, :1], training.shape)


def shuffled_clips(training, test, generator):
    """Each clip with its frames in random order."""
    order = np.argsort(generator.random(training.shape[:3]), axis=2)
    return np.take_along_axis(training, order[..., None, None], axis=2)


def unlabeled_clips(training, test, generator):
    """Clips of random classes."""
    clips = training.reshape(-1, *training.shape[2:])  # [C m, T, N, D]
    return generator.permutation(clips).reshape(training.shape)


def white_noise(training, test, generator):
    """N(0, 1) in each coordinate and frame."""
    return generator.standard_normal(training.shape, np.float32)


def mean_poses(training, test, generator):
    """The mean pose of the class, in each frame of each clip."""
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
