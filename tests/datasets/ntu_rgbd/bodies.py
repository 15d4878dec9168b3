"""Bodies for tests: a standing person, and furniture."""

import numpy as np

from datasets.ntu_rgbd.body import Body

# A person at x = 0 who faces the sensor; x to the sensor's left, y up, z away, in meters.
_HEIGHTS = [0, 0.3, 0.6, 0.75, 0.45, 0.2, 0, -0.1, 0.45, 0.2, 0, -0.1, 0, -0.4, -0.8, -0.85, 0]
_HEIGHTS += [-0.4, -0.8, -0.85, 0.5, -0.15, -0.1, -0.15, -0.1]
_SIDES = [0, 0, 0, 0, -0.2, -0.25, -0.28, -0.3, 0.2, 0.25, 0.28, 0.3, -0.1, -0.1, -0.1, -0.12, 0.1]
_SIDES += [0.1, 0.1, 0.12, 0, -0.3, -0.28, 0.3, 0.28]
STANDING = np.stack([_SIDES, _HEIGHTS, np.full(25, 3.0)], axis=-1)
FOCAL_LENGTH = 1060


def body(positions, frames=None, state=2):
    """A `Body` at positions `[F, 25, 3]`, seen by a pinhole camera."""
    positions = np.array(positions, float)
    joints = np.zeros((*positions.shape[:2], 12))
    joints[..., :3] = positions
    joints[..., 5:7] = pixels_of(positions)
    joints[..., 11] = state
    return Body(np.arange(len(positions)) if frames is None else np.array(frames), joints)


def pixels_of(positions):
    """Projects positions `[..., 3]` to pixels of the color camera."""
    image = positions[..., :2] / positions[..., 2:] * [1, -1]
    return [960, 540] + FOCAL_LENGTH * image


def moving(length, offset=(0, 0, 0), swing=0.1):
    """Positions `[length, 25, 3]` of a person who swings the right arm."""
    positions = np.tile(STANDING + offset, (length, 1, 1))
    positions[:, [9, 10, 11, 23, 24], 1] += swing * np.sin(np.arange(length))[:, None]
    return positions


def furniture(length):
    """Positions `[length, 25, 3]` of a table with strong noise."""
    positions = np.tile(STANDING[:, [1, 0, 2]], (length, 1, 1))
    positions[..., 2] += np.random.default_rng(0).normal(0, 0.5, (length, 1))
    return positions
