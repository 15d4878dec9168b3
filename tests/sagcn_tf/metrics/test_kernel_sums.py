"""Compares kernel sums with a plain sum of exp per bandwidth in higher precision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagcn_tf.metrics.kernel_sums import BANDWIDTHS, sums_over_bandwidths


def sums(distances):
    return sums_over_bandwidths(distances, np.empty((2, *distances.shape)))


def plain_sums(distances):
    distances = distances.astype(np.longdouble)
    kernels = [np.exp(-distances / np.longdouble(bandwidth)) for bandwidth in BANDWIDTHS]
    return np.array([kernel.sum() for kernel in kernels], np.float64)


def test_bandwidths_are_the_fourteen_powers_of_ten():
    assert [f"{b:.0e}" for b in BANDWIDTHS] == [f"1e{e:+03d}" for e in range(-4, 10)]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**16), scale=st.floats(-6, 8), spread=st.floats(0, 3))
def test_sums_of_many_distances_match_exp(seed, scale, spread):
    generator = np.random.default_rng(seed)
    distances = 10 ** (scale + spread * generator.standard_normal((20, 30)))
    expected = plain_sums(distances)
    np.testing.assert_allclose(sums(distances), expected, rtol=1e-11, atol=1e-13)


def test_sums_of_typical_distances_are_accurate_to_3e_12():
    distances = 7 * np.random.default_rng(0).chisquare(8, (200, 300))
    np.testing.assert_allclose(sums(distances), plain_sums(distances), rtol=3e-12, atol=1e-13)


@pytest.mark.parametrize("distance", [0, 1e-7, 3.7, 1e6, 1e12])
def test_sums_of_equal_distances_match_exp(distance):
    distances = np.full((3, 4), float(distance))
    np.testing.assert_allclose(sums(distances), plain_sums(distances), rtol=1e-11, atol=1e-20)
