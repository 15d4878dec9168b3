"""Sums of the Gaussian kernel exp(-d / bandwidth) over many squared distances d."""

import numpy as np

BANDWIDTHS = 10.0 ** np.arange(-4, 10)

# exp(-50) = 2e-22 vanishes beside any kernel sum in float64.
_NEGLIGIBLE = 50.0
# Beyond about 700 exp underflows, where it is several times slower.
_SLOW_EXPONENT = 600.0
# Below this exponent four terms of exp's series are exact to 1e-12.
_SERIES_EXPONENT = 0.01
# Below this one eight terms are, with what the errors grow to as powers of ten are taken of them.
_POLYNOMIAL_EXPONENT = 0.1
_INVERSE_FACTORIALS = 1 / np.cumprod([1.0, 1, 2, 3, 4, 5, 6, 7, 8])


def sums_over_bandwidths(squared_distances, buffers):
    """Sums exp(-d / bandwidth) over d for each of `BANDWIDTHS`.

    np.exp for each bandwidth would take several times as long. Wide kernels need powers of d alone,
    which all bandwidths share; those in the middle are tenth powers one of the other; narrow
    kernels see few of the distances.

    Args:
        squared_distances: d, float64 `[rows, columns]`, none below 0.
        buffers: two float64 arrays of this shape, which are overwritten.

    Returns:
        float64 `[bandwidths]`.
    """
    d = squared_distances
    exponents = d.max() / BANDWIDTHS
    wide, narrow = exponents < _SERIES_EXPONENT, exponents > _SLOW_EXPONENT
    sums = np.empty(len(BANDWIDTHS))
    sums[wide] = _series_sums(d, BANDWIDTHS[wide], buffers[0])
    between = np.flatnonzero(~wide & ~narrow)[::-1]  # from the widest to the narrowest
    sums[between] = _sums_by_powers(d, BANDWIDTHS[between], *buffers)
    for i in np.flatnonzero(narrow)[::-1]:
        d = d[d < _NEGLIGIBLE * BANDWIDTHS[i]]
        sums[i] = np.exp(d * (-1 / BANDWIDTHS[i])).sum()
    return sums


def _series_sums(d, bandwidths, square):
    """The sums for wide kernels: exp(-d/b) = 1 - d/b + (d/b)^2/2 - (d/b)^3/6 + (d/b)^4/24."""
    np.multiply(d, d, out=square)
    # Row by row, because a product of longer vectors starts threads of its own.
    third, fourth = (np.vecdot(square, factor).sum() for factor in (d, square))
    series = [d.size, -d.sum(), square.sum() / 2, -third / 6, fourth / 24]
    return np.polynomial.polynomial.polyval(1 / bandwidths, series)


def _sums_by_powers(d, bandwidths, kernel, scratch):
    """The sums for bandwidths each of which is a tenth of the one before it."""
    sums = []
    for bandwidth in bandwidths:
        if sums:  # x^10 = ((x^2)^2 x)^2
            np.square(kernel, out=scratch)
            np.square(scratch, out=scratch)
            kernel *= scratch
            np.square(kernel, out=kernel)
        else:
            _write_kernel(d, bandwidth, kernel)
        sums.append(kernel.sum())
    return sums


def _write_kernel(d, bandwidth, out):
    """Writes exp(-d / bandwidth), where the exponents are small by eight terms of the series."""
    if d.max() > _POLYNOMIAL_EXPONENT * bandwidth:
        np.multiply(d, -1 / bandwidth, out=out)
        np.exp(out, out=out)
        return
    constant, *others, last = _INVERSE_FACTORIALS * (-1 / bandwidth) ** np.arange(9)
    np.multiply(d, last, out=out)
    for coefficient in reversed(others):
        out += coefficient
        out *= d
    out += constant
