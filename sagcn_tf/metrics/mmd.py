"""Maximum mean discrepancy between two sets of motion clips: MMD_avg and MMD_seq.

For one class with clips x_1..x_m and y_1..y_m and the kernel k(a, b) = exp(-|a - b|^2 / bandwidth):

    MMD^2 = sum over i != j of [k(x_i, x_j) + k(y_i, y_j) - 2 k(x_i, y_j)] / (m (m - 1))

MMD_seq compares whole clips (vectors of T N D numbers). MMD_avg compares frame t of one set with
frame t of the other (vectors of N D numbers) and takes the mean of the T square roots. Either is
maximised over the bandwidths and then averaged over the classes.

The cost is in the kernel sums, one for each pair of clips, frame and bandwidth (kernel_sums.py).
All bandwidths share the squared distances; `within_sums` lets several comparisons share the sums of
one set.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sagcn_tf.metrics.kernel_sums import BANDWIDTHS, sums_over_bandwidths

# Distances held at a time: 512 KB of float64, so that they stay in a core's cache.
_BLOCK_SIZE = 2**16
# Multiplications in a matrix product below which OpenBLAS uses one thread.
_SMALL_PRODUCT = 2**18


def mmd(generated, real, generated_sums=None, real_sums=None):
    """Returns MMD_avg and MMD_seq between two sets of clips, averaged over the classes.

    Args:
        generated: standardized clips `[C, m, T, N, D]`: C classes with m clips each, m > 1.
        real: as many real clips of the same classes and size.
        generated_sums: `within_sums(generated)`, where it is at hand already.
        real_sums: `within_sums(real)`, likewise.

    Returns:
        `{"mmd_avg": float, "mmd_seq": float}`: 0 for equal distributions (an estimate below 0
        counts as 0), at most sqrt(2), about 1 where one set is a single point.

    Raises:
        ValueError: the shapes differ or are not as above, or a number is not finite.
    """
    generated, real = _checked("generated", generated), _checked("real", real)
    if generated.shape != real.shape:
        raise ValueError(
            "generated and real clips must have one shape [C, m, T, N, D]; "
            f"got {generated.shape} and {real.shape}"
        )
    between = _kernel_sums(generated, real)
    generated_sums = within_sums(generated) if generated_sums is None else generated_sums
    real_sums = within_sums(real) if real_sums is None else real_sums
    m = real.shape[1]
    mmd_of = {}
    for name in between:
        squared = (generated_sums[name] + real_sums[name] - 2 * between[name]) / (m * (m - 1))
        per_slot = np.sqrt(np.maximum(squared, 0))  # [C, T or 1, bandwidths]
        mmd_of[name] = float(per_slot.mean(axis=1).max(axis=-1).mean())
    return mmd_of


def within_sums(clips):
    """Sums the kernel over all ordered pairs of different clips of one set.

    Args:
        clips: standardized clips `[C, m, T, N, D]`.

    Returns:
        `{"mmd_avg": [C, T, bandwidths], "mmd_seq": [C, 1, bandwidths]}` in float64.

    Raises:
        ValueError: as for `mmd`.
    """
    return _kernel_sums(_checked("clips", clips), None)


def _checked(name, clips):
    clips = np.asarray(clips)
    if clips.ndim != 5 or clips.shape[1] < 2:
        raise ValueError(
            f"{name} must have shape [C, m, T, N, D] with m > 1 clips a class; got {clips.shape}"
        )
    if not np.isfinite(clips).all():
        raise ValueError(f"{name} must be finite; it holds NaN or infinity")
    return clips


def _kernel_sums(x, y):
    """Sums the kernel per class and frame, and per class; y = None pairs x with itself."""

    def of_class(c):
        return _class_sums(x[c], x[c] if y is None else y[c], symmetric=y is None)

    # NumPy releases the interpreter lock in all that takes time here.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        avg, seq = zip(*threads.map(of_class, range(len(x))), strict=True)
    return {"mmd_avg": np.stack(avg), "mmd_seq": np.stack(seq)}


def _class_sums(x, y, symmetric):
    """Returns the kernel sums over pairs i != j of frames `[T, bandwidths]` and clips `[1, ...]`.

    The squared distance of two clips is the sum of those of their frames.
    """
    m, frames = x.shape[:2]
    left, right = _factors(x, y)
    frame_sums, clip_sums = np.zeros((frames, len(BANDWIDTHS))), np.zeros((1, len(BANDWIDTHS)))
    rows = min(m, max(1, _BLOCK_SIZE // m))
    memory = np.empty((4, rows * m))  # new arrays would be paid for page by page, block by block
    for start in range(0, m, rows):
        stop = min(start + rows, m)
        first = start if symmetric else 0  # of a symmetric matrix the upper half is enough
        # Pairs to leave out get distance 0, so the kernel 1, and are taken off again.
        size = stop - start
        omitted = np.tri(size, dtype=bool) if symmetric else np.eye(size, dtype=bool)
        count = np.count_nonzero(omitted)
        block = memory[:, : size * (m - first)].reshape(4, size, m - first)
        clip_distances, distances, *buffers = block
        clip_distances[:] = 0
        for t in range(frames):
            _product(left[t, start:stop], right[t, :, first:], out=distances)
            if distances.min() < 0:  # rounding may give -1e-13
                np.maximum(distances, 0, out=distances)
            distances[:, start - first : stop - first][omitted] = 0
            clip_distances += distances
            frame_sums[t] += sums_over_bandwidths(distances, buffers) - count
        clip_sums[0] += sums_over_bandwidths(clip_distances, buffers) - count
    return (2 * frame_sums, 2 * clip_sums) if symmetric else (frame_sums, clip_sums)


def _factors(x, y):
    """Writes |a|^2 + |b|^2 - 2 a.b of each frame as one product [-2a, |a|^2, 1] . [b, 1, |b|^2]."""
    # [m, T, N, D] -> [T, m, N D]
    x, y = (
        clips.reshape(*clips.shape[:2], -1).swapaxes(0, 1).astype(np.float64) for clips in (x, y)
    )
    x_norms, y_norms = (np.einsum("tif,tif->ti", a, a)[..., None] for a in (x, y))
    left = np.concatenate([-2 * x, x_norms, np.ones_like(x_norms)], axis=2)
    right = np.concatenate([y, np.ones_like(y_norms), y_norms], axis=2)
    return left, np.ascontiguousarray(right.swapaxes(1, 2))


def _product(a, b, out):
    """Multiplies matrices in pieces too small for the matrix library's own threads.

    These wait for one another at each product: on a busy machine that costs ten times the rest.
    """
    rows = max(1, _SMALL_PRODUCT // b.size)
    for start in range(0, len(a), rows):
        np.matmul(a[start : start + rows], b, out=out[start : start + rows])
