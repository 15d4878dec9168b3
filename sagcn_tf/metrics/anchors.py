"""Sample sets whose quality is known, to read a maximum mean discrepancy by.

A number such as 0.2 says little by itself; beside what other real clips, frozen poses and noise
score on the same data it says where a generator stands.
"""

import numpy as np

OTHER_TRAINING = "other training clips"
TEST_SUBJECTS = "test subjects"


def anchor_sets(training, test, generator):
    """Yields named sets of clips made from real ones.

    Args:
        training: standardised real clips `[C, m, T, N, D]` other than those compared with.
        test: as many clips of the test subjects.
        generator: a `numpy.random.Generator`.

    Yields:
        `(name, clips)`, clips `[C, m, T, N, D]`, one set at a time, for memory's sake.
    """
    classes, m, frames = training.shape[:3]
    yield OTHER_TRAINING, training
    yield TEST_SUBJECTS, test
    yield "one frame, frozen", np.broadcast_to(training[:, :, :1], training.shape)
    order = generator.permuted(np.tile(np.arange(frames), (classes, m, 1)), axis=-1)
    shuffled = np.take_along_axis(training, order[..., None, None], axis=2)
    yield "frames shuffled in time", shuffled
    # [C m, T, N, D] in random order: each class gets clips of all
    mixed = generator.permutation(training.reshape(-1, *training.shape[2:]))
    yield "label ignored", mixed.reshape(training.shape)
    yield "white noise N(0, 1)", generator.standard_normal(training.shape, np.float32)
    mean_pose = training.mean(axis=(1, 2), keepdims=True)
    yield "mean pose of the class", np.broadcast_to(mean_pose, training.shape)
