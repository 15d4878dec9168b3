"""Maximum mean discrepancy between two sets of motion clips: MMD_avg and MMD_seq.

For one class with clips x_1..x_m and y_1..y_m and the kernel k(a, b) = exp(-|a - b|^2 / bandwidth):

    MMD^2 = sum over i != j of [k(x_i, x_j) + k(y_i, y_j) - 2 k(x_i, y_j)] / (m (m - 1))

MMD_seq compares whole clips (vectors of T N D numbers). MMD_avg compares frame t of one set with
frame t of the other (vectors of N D numbers) and averages the T square roots. Each is maximized
over the bandwidths, then averaged over the classes.

Most of the time goes into the kernel sums over all pairs of clips, per frame and bandwidth
(kernel_sums.py). All bandwidths share the squared distances. With `within_sums`, several
comparisons share the sums of one set.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sagcn_tf.metrics.kernel_sums import BANDWIDTHS, sums_over_bandwidths

# Distances per block: 512 KB of float64, which fits in the cache of a core.
_BLOCK_SIZE = 2**16
# OpenBLAS uses one thread for matrix products with fewer multiplications than this.
_SMALL_PRODUCT = 2**18


def mmd(generated, real, generated_sums=None, real_sums=None):
    """Computes MMD_avg and MMD_seq between two sets of clips, averaged over the classes.

    Args:
        generated: standardized clips `[C, m, T, N, D]`: C classes with m clips each, m > 1.
        real: standardized real clips of the same shape and classes.
        generated_sums: `within_sums(generated)`, if already computed.
        real_sums: `within_sums(real)`, if already computed.

    Returns:
        `{"mmd_avg": float, "mmd_seq": float}`: 0 for equal distributions (negative estimates count
        as 0), at most sqrt(2), about 1 if one set is a single point.

    Raises:
        ValueError: if the shapes differ or are not as above, or a value is not finite.
    """
    generated, real = _checked("generated", generated), _checked("real", real)
    if generated.shape != real.shape:
        raise ValueError(
            "generated and real: expected the same shape [C, m, T, N, D], "
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
        ValueError: if the shape is different, or a value is not finite.
    """
    return _kernel_sums(_checked("clips", clips), None)


def _checked(name, clips):
    clips = np.asarray(clips)
    if clips.ndim != 5 or clips.shape[1] < 2:
        raise ValueError(
            f"{name}: expected shape [C, m, T, N, D] with m > 1 clips per class, got {clips.shape}"
        )
    if not np.isfinite(clips).all():
        raise ValueError(f"{name}: expected finite values, got NaN or infinity")
    return clips


def _kernel_sums(x, y):
    """Sums the kernel per class and frame, and per class; y = None compares x with itself."""

    def of_class(c):
        return _class_sums(x[c], x[c] if y is None else y[c], symmetric=y is None)

    # Threads help because NumPy releases the interpreter lock.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        avg, seq = zip(*threads.map(of_class, range(len(x))), strict=True)
    return {"mmd_avg": np.stack(avg), "mmd_seq": np.stack(seq)}


def _class_sums(x, y, symmetric):
    """Sums the kernel over pairs i != j of frames, `[T, bandwidths]`, and of clips, `[1, ...]`.

    The squared distance between two clips is the sum over their frames.
    """
    m, frames = x.shape[:2]
    left, right = _factors(x, y)
    frame_sums, clip_sums = np.zeros((frames, len(BANDWIDTHS))), np.zeros((1, len(BANDWIDTHS)))
    rows = min(m, max(1, _BLOCK_SIZE // m))
    memory = np.empty((4, rows * m))  # reused, because allocating every block is slow
    for start in range(0, m, rows):
        stop = min(start + rows, m)
        first = start if symmetric else 0  # the upper half of a symmetric matrix is enough
        # Omitted pairs get distance 0, so kernel 1, which is subtracted below.
        size = stop - start
        omitted = np.tri(size, dtype=bool) if symmetric else np.eye(size, dtype=bool)
        count = np.count_nonzero(omitted)
        block = memory[:, : size * (m - first)].reshape(4, size, m - first)
        clip_distances, distances, *buffers = block
        clip_distances[:] = 0
        for t in range(frames):
            _product(left[t, start:stop], right[t, :, first:], out=distances)
            if distances.min() < 0:  # rounding, about -1e-13
                np.maximum(distances, 0, out=distances)
            distances[:, start - first : stop - first][omitted] = 0
            clip_distances += distances
            frame_sums[t] += sums_over_bandwidths(distances, buffers) - count
        clip_sums[0] += sums_over_bandwidths(clip_distances, buffers) - count
    return (2 * frame_sums, 2 * clip_sums) if symmetric else (frame_sums, clip_sums)


def _factors(x, y):
    """Factors |a|^2 + |b|^2 - 2 a.b of each frame into [-2a, |a|^2, 1] . [b, 1, |b|^2]."""
    # [m, T, N, D] -> [T, m, N D]
    x, y = (
        clips.reshape(*clips.shape[:2], -1).swapaxes(0, 1).astype(np.float64) for clips in (x, y)
    )
    x_norms, y_norms = (np.einsum("tif,tif->ti", a, a)[..., None] for a in (x, y))
    left = np.concatenate([-2 * x, x_norms, np.ones_like(x_norms)], axis=2)
    right = np.concatenate([y, np.ones_like(y_norms), y_norms], axis=2)
    return left, np.ascontiguousarray(right.swapaxes(1, 2))


def _product(a, b, out):
    """Multiplies matrices in blocks so small that OpenBLAS starts no threads.

    Its threads wait for one another in every product, which is ten times slower on a busy machine.
    """
    rows = max(1, _SMALL_PRODUCT // b.size)
    for start in range(0, len(a), rows):
        np.matmul(a[start : start + rows], b, out=out[start : start + rows])
