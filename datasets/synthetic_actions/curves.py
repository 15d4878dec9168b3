"""Curves over time from which motions are put together; all in degrees, at a fixed frame rate."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

FRAME_RATE = 50.0  # Hz


def through_key_poses(times, poses, frames, delays):
    """Moves through key poses without stopping, except where an angle turns round or is held.

    Between two key poses no angle leaves their range (piecewise monotone cubic curves).

    Args:
      times: seconds at which the key poses are reached, strictly rising, [K].
      poses: key poses in degrees, [K, dof]; the first and the last are held outside `times`.
      frames: number of frames to make.
      delays: seconds by which each degree of freedom lags behind, [dof].

    Returns:
      Poses, [frames, dof].
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
    """Follows a closed curve given by `knots` {share of the cycle: degrees} at `phase` (cycles)."""
    return np.interp(phase, list(knots), list(knots.values()), period=1.0)


def pulse(frames, start, end, ramp):
    """Returns a curve [frames] that rises from 0 to 1 at `start`, falls at `end` (all seconds)."""
    clock = np.arange(frames) / FRAME_RATE
    share = np.clip(np.minimum(clock - start, end - clock) / ramp + 0.5, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def smoothed(poses, seconds):
    """Rounds off corners: a Gaussian average over time, of standard deviation `seconds`."""
    return gaussian_filter1d(poses, seconds * FRAME_RATE, axis=0, mode="nearest", truncate=3)


def wandering(rng, frames, dof, largest):
    """Draws slow sway, [frames, dof]: three sine waves of 0.15 to 0.9 Hz, never above `largest`."""
    clock = np.arange(frames)[:, None, None] / FRAME_RATE
    frequency = rng.uniform(0.15, 0.9, (dof, 3))
    phase = rng.uniform(0.0, 1.0, (dof, 3))
    share = rng.dirichlet(np.ones(3), dof) * rng.uniform(0.4, 1.0, (dof, 1))
    return largest * (share * np.sin(2 * np.pi * (frequency * clock + phase))).sum(axis=-1)
