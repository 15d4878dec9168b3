"""What a motion may differ by where it is computed in a batch of another size."""

import pathlib

import numpy as np


def _on_intel():
    cpu = pathlib.Path("/proc/cpuinfo")
    return cpu.exists() and "GenuineIntel" in cpu.read_text()


# Nothing on Intel. On other processors, as seen on AMD, a matrix product of another size may round
# the same rows otherwise.
ROUNDING = 0.0 if _on_intel() else 1e-5


def assert_same_clips(actual, expected):
    """Arrays are equal, up to `ROUNDING` of the largest number of `expected`."""
    expected = np.asarray(expected)
    tolerance = ROUNDING * np.abs(expected).max()
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)
