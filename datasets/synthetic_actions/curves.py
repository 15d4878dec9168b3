"""Curves over time that motions are composed of, at a fixed frame rate."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

FRAME_RATE = 50.0  # Hz


def through_key_poses(times, poses, frames, delays):
    """Interpolates key poses without stops, except where an angle reverses or is held.

    The curves are piecewise monotone cubics: between two key poses, no angle leaves their range.

    Args:
        times: `[K]`, seconds at which the key poses are reached, strictly ascending.
        poses: `[K, dof]`, key poses in degrees; the first and the last are held outside `times`.
        frames: number of frames to return.
        delays: `[dof]`, delay of each degree of freedom, in seconds.

    Returns:
        Poses, `[frames, dof]`.
    """
    times = np.concatenate([[times[0] - 1], times, [times[-1] + 1]])
    poses = np.pad(np.asarray(poses, dtype=np.float64), ((1, 1), (0, 0)), mode="edge")
    curve = PchipInterpolator(times, poses)
    clock = np.arange(frames) / FRAME_RATE
    motion = np.empty((frames, poses.shape[1]))
    for delay in np.unique(delays):
        late = np.equal(delays, delay)
        motion[:, late] = curve(np.clip(clock - delay, times[0], times[-1]))[:, late]
    return motion


def cyclic(phase, knots):
    """Interpolates a periodic curve linearly.

    Args:
        phase: phases to evaluate, in cycles.
        knots: dictionary {share of the cycle: degrees}.

    Returns:
        Degrees, in the shape of `phase`.
    """
    return np.interp(phase, list(knots), list(knots.values()), period=1.0)


def pulse(frames, start, end, ramp):
    """Returns a smooth pulse `[frames]` that rises from 0 to 1 at `start` and falls at `end`.

    Args:
        frames: number of frames.
        start: seconds at which it rises through 0.5.
        end: seconds at which it falls through 0.5.
        ramp: duration of the rise and of the fall, in seconds.
    """
    clock = np.arange(frames) / FRAME_RATE
    share = np.clip(np.minimum(clock - start, end - clock) / ramp + 0.5, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def smoothed(poses, seconds):
    """Smooths poses with a Gaussian filter over time, of standard deviation `seconds`."""
    return gaussian_filter1d(poses, seconds * FRAME_RATE, axis=0, mode="nearest", truncate=3)


def wandering(rng, frames, dof, largest):
    """Draws slow sway: the sum of three sine waves of 0.15 to 0.9 Hz.

    Args:
        rng: `np.random.Generator`.
        frames: number of frames.
        dof: number of degrees of freedom.
        largest: bound of the absolute value.

    Returns:
        `[frames, dof]`, in the unit of `largest`.
    """
    clock = np.arange(frames)[:, None, None] / FRAME_RATE
    frequency = rng.uniform(0.15, 0.9, (dof, 3))
    phase = rng.uniform(0.0, 1.0, (dof, 3))
    share = rng.dirichlet(np.ones(3), dof) * rng.uniform(0.4, 1.0, (dof, 1))
    return largest * (share * np.sin(2 * np.pi * (frequency * clock + phase))).sum(axis=-1)
