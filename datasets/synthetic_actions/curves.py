"""Curves over time from which motions are put together; all in degrees, at a fixed frame rate."""

import numpy as np

FRAME_RATE = 50.0  # Hz


def through_key_poses(times, poses, frames, delays):
    """Moves from one key pose to the next along minimum-jerk curves.

    Args:
      times: seconds at which the key poses are reached, rising, [K].
      poses: key poses in degrees, [K, dof]; the first and the last are held outside `times`.
      frames: number of frames to make.
      delays: seconds by which each degree of freedom lags behind, [dof].

    Returns:
      Poses, [frames, dof].
    """
    poses = np.asarray(poses, dtype=np.float64)
    clock = np.arange(frames)[:, None] / FRAME_RATE - np.asarray(delays)  # [frames, dof]
    progress = np.interp(clock, times, np.arange(len(times)))
    before = np.minimum(progress.astype(int), len(times) - 2)
    share = progress - before
    share = share**3 * (10 - 15 * share + 6 * share**2)
    dof = np.arange(poses.shape[1])
    return (1 - share) * poses[before, dof] + share * poses[before + 1, dof]


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
    width = seconds * FRAME_RATE
    reach = int(np.ceil(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(poses, ((reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=0)
    return windows @ kernel


def wandering(rng, frames, dof, largest):
    """Draws slow sway, [frames, dof]: three sine waves of 0.15 to 0.9 Hz, never above `largest`."""
    clock = np.arange(frames)[:, None, None] / FRAME_RATE
    frequency = rng.uniform(0.15, 0.9, (dof, 3))
    phase = rng.uniform(0.0, 1.0, (dof, 3))
    share = rng.dirichlet(np.ones(3), dof) * rng.uniform(0.4, 1.0, (dof, 1))
    return largest * (share * np.sin(2 * np.pi * (frequency * clock + phase))).sum(axis=-1)
