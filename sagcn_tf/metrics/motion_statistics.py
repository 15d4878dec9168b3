"""Motion statistics for defects that MMD barely detects.

Frozen poses, jitter, stretching limbs, clips that are all alike or copied from the training set:
each changes one of these statistics, compared with the same statistic of real clips. All values are
in the unit of the given coordinates.
"""

import numpy as np

from sagcn_tf.skeleton import ROOT


def speed(motion):
    """Computes the mean distance that a joint moves from one frame to the next.

    Args:
        motion: `[..., T, N, D]`, T > 1.

    Returns:
        float64 `[...]`.
    """
    return _mean_step(motion, order=1)


def acceleration(motion):
    """Computes the mean length of a joint's second difference, x_(t+1) - 2 x_t + x_(t-1).

    Args:
        motion: `[..., T, N, D]`, T > 2.

    Returns:
        float64 `[...]`.
    """
    return _mean_step(motion, order=2)


def ground_speed(motion, root):
    """Computes the root's displacement over the ground, first to last frame, divided by T - 1.

    Args:
        motion: `[..., T, N, D]`, T > 1; y, the second coordinate, is vertical.
        root: indices of the joints whose mean is the root.

    Returns:
        float64 `[...]`.
    """
    motion = np.asarray(motion, np.float64)
    places = np.delete(motion[..., list(root), :].mean(axis=-2), 1, axis=-1)  # [..., T, D - 1]
    way = np.linalg.norm(places[..., -1, :] - places[..., 0, :], axis=-1)
    return way / (motion.shape[-3] - 1)


def bone_length_variation(motion, bones):
    """Computes the standard deviation of bone lengths over time, averaged over the bones.

    It is 0 for a rigid body in 3-D. In 2-D, real bones change their projected length as they turn.

    Args:
        motion: `[..., T, N, D]` in the data's unit (not standardized).
        bones: pairs of joint indices; -1 is the root, which lies at the origin.

    Returns:
        float64 `[...]`.
    """
    motion = np.asarray(motion, np.float64)
    lengths = [np.linalg.norm(_joint(motion, i) - _joint(motion, j), axis=-1) for i, j in bones]
    return np.std(lengths, axis=-1).mean(axis=0)  # [bones, ..., T] -> [...]


def diversity(clips):
    """Computes the mean distance between two different clips of a set.

    Args:
        clips: `[m, T, N, D]`, m > 1.

    Returns:
        float.
    """
    m = len(clips)
    return float(_distances(clips, clips).sum() / (m * (m - 1)))


def nearest_distance(clips, training_clips):
    """Computes the distance from a clip to its nearest training clip, averaged over the clips.

    Clips of a generator that memorized its training data are much nearer than new real clips.

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
    """Returns Euclidean distances `[m, n]` between clips; those below 1e-6 of the norms are 0."""
    x, y = (np.asarray(clips, np.float64).reshape(len(clips), -1) for clips in (x, y))
    squares = np.square(x).sum(1)[:, None] + np.square(y).sum(1)
    distances = squares - 2 * x @ y.T
    # The difference of equal vectors is rounding error.
    return np.sqrt(np.where(distances > 1e-12 * squares, distances, 0))
