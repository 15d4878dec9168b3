"""Sums of the Gaussian kernel exp(-d / bandwidth) over many squared distances d."""

import numpy as np

BANDWIDTHS = 10.0 ** np.arange(-4, 10)

# exp(-50) = 2e-22 is negligible in a kernel sum in float64.
_NEGLIGIBLE = 50.0
# exp underflows at about -700, where it is several times slower.
_SLOW_EXPONENT = 600.0
# Below this exponent, four terms of the series of exp are accurate to 1e-12.
_SERIES_EXPONENT = 0.01
# Below this exponent, eight terms are, including the error growth of the repeated tenth powers.
_POLYNOMIAL_EXPONENT = 0.1
_INVERSE_FACTORIALS = 1 / np.cumprod([1.0, 1, 2, 3, 4, 5, 6, 7, 8])


def sums_over_bandwidths(squared_distances, buffers):
    """Sums exp(-d / bandwidth) over d for each of `BANDWIDTHS`.

    Several times faster than np.exp for each bandwidth: wide kernels need only powers of d, which
    all bandwidths share; each medium kernel is the tenth power of the next wider one; narrow
    kernels are negligible for most distances.

    Args:
        squared_distances: d, float64 `[rows, columns]`, 0 or more.
        buffers: two float64 arrays of this shape, which are overwritten.

    Returns:
        float64 `[bandwidths]`.
    """
    d = squared_distances
    exponents = d.max() / BANDWIDTHS
    wide, narrow = exponents < _SERIES_EXPONENT, exponents > _SLOW_EXPONENT
    sums = np.empty(len(BANDWIDTHS))
    sums[wide] = _series_sums(d, BANDWIDTHS[wide], buffers[0])
    medium = np.flatnonzero(~wide & ~narrow)[::-1]  # from the widest to the narrowest
    sums[medium] = _sums_by_powers(d, BANDWIDTHS[medium], *buffers)
    for i in np.flatnonzero(narrow)[::-1]:
        d = d[d < _NEGLIGIBLE * BANDWIDTHS[i]]
        sums[i] = np.exp(d * (-1 / BANDWIDTHS[i])).sum()
    return sums


def _series_sums(d, bandwidths, square):
    """Returns sums for wide kernels: exp(-d/b) = 1 - d/b + (d/b)^2/2 - (d/b)^3/6 + (d/b)^4/24."""
    np.multiply(d, d, out=square)
    # Row by row, because a product of longer vectors starts its own threads.
    third, fourth = (np.vecdot(square, factor).sum() for factor in (d, square))
    series = [d.size, -d.sum(), square.sum() / 2, -third / 6, fourth / 24]
    return np.polynomial.polynomial.polyval(1 / bandwidths, series)


def _sums_by_powers(d, bandwidths, kernel, scratch):
    """Returns sums for bandwidths that are each a tenth of the one before."""
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
    """Writes exp(-d / bandwidth) to `out`; small exponents use eight terms of the series."""
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
