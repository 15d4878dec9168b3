"""Statistics of motion that the maximum mean discrepancy hardly sees.

A frozen pose, jitter, limbs that stretch, clips that are all alike or copied from the training
set: each shows in one of these numbers when it is set beside the same number of real clips. All
are in the unit of the coordinates that they are given.
"""

import numpy as np

from sagcn_tf.skeleton import ROOT


def speed(motion):
    """Returns the mean distance that a joint moves from one frame to the next.

    Args:
        motion: `[..., T, N, D]`, T > 1.

    Returns:
        float64 `[...]`.
    """
    return _mean_step(motion, order=1)


def acceleration(motion):
    """Returns the mean length of a joint's second difference, x_(t+1) - 2 x_t + x_(t-1).

    Args:
        motion: `[..., T, N, D]`, T > 2.

    Returns:
        float64 `[...]`.
    """
    return _mean_step(motion, order=2)


def bone_length_variation(motion, bones):
    """Returns the standard deviation of a bone's length over the frames, mean over the bones.

    It is 0 for a rigid body in 3-D; in 2-D real bones shorten and lengthen as they turn.

    Args:
        motion: `[..., T, N, D]`, in the data's own unit (standardized coordinates have no bones).
        bones: pairs of joint indices; -1 is the root, which lies at the origin.

    Returns:
        float64 `[...]`.
    """
    motion = np.asarray(motion, np.float64)
    lengths = [np.linalg.norm(_joint(motion, i) - _joint(motion, j), axis=-1) for i, j in bones]
    return np.std(lengths, axis=-1).mean(axis=0)  # [bones, ..., T] -> [...]


def diversity(clips):
    """Returns the mean distance between two different clips of a set.

    Args:
        clips: `[m, T, N, D]`, m > 1.

    Returns:
        float.
    """
    m = len(clips)
    return float(_distances(clips, clips).sum() / (m * (m - 1)))


def nearest_distance(clips, training_clips):
    """Returns the distance from a clip to the training clip nearest to it, mean over the clips.

    A generator that has memorised its training clips comes much nearer to them than new real
    clips do.

    Args:
        clips: `[m, T, N, D]`.
        training_clips: `[n, T, N, D]`.

    Returns:
        float.
    """
    return float(_distances(clips, training_clips).min(axis=1).mean())


def _mean_step(motion, order):
    steps = np.diff(np.asarray(motion, np.float64), n=order, axis=-3)
    return np.linalg.norm(steps, axis=-1).mean(axis=(-2, -1))


def _joint(motion, index):
    return np.zeros_like(motion[..., 0, :]) if index == ROOT else motion[..., index, :]


def _distances(x, y):
    """Euclidean distances `[m, n]` between clips; below about 1e-6 of the norms they are 0."""
    x, y = (np.asarray(clips, np.float64).reshape(len(clips), -1) for clips in (x, y))
    squares = np.square(x).sum(1)[:, None] + np.square(y).sum(1)
    distances = squares - 2 * x @ y.T
    # What is left of equal vectors is rounding alone.
    return np.sqrt(np.where(distances > 1e-12 * squares, distances, 0))
