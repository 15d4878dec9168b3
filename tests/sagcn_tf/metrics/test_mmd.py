import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagcn_tf.metrics import mmd as module
from sagcn_tf.metrics.kernel_sums import BANDWIDTHS
from sagcn_tf.metrics.mmd import mmd, within_sums


def clips(seed, classes=2, m=5, frames=3, joints=2, dimensions=2, scale=1.0):
    shape = (classes, m, frames, joints, dimensions)
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def kernel_loop(x, y, bandwidth):
    """Sums k(x_i, y_j) over i != j, one term at a time."""
    total = 0.0
    for i, j in product(range(len(x)), range(len(y))):
        if i != j:
            distance = sum((float(a) - float(b)) ** 2 for a, b in zip(x[i], y[j], strict=True))
            total += math.exp(-distance / bandwidth)
    return total


def mmd_loop(x, y, bandwidth):
    m = len(x)
    sums = kernel_loop(x, x, bandwidth) + kernel_loop(y, y, bandwidth)
    squared = (sums - 2 * kernel_loop(x, y, bandwidth)) / (m * (m - 1))
    return math.sqrt(max(squared, 0))


def mmd_by_loops(generated, real):
    """Computes MMD_avg and MMD_seq from their definition."""
    avg, seq = [], []
    for x, y in zip(generated, real, strict=True):
        frames = range(x.shape[1])
        flat_x, flat_y = x.reshape(len(x), -1), y.reshape(len(y), -1)
        of_frame = [(x[:, t].reshape(len(x), -1), y[:, t].reshape(len(y), -1)) for t in frames]
        avg.append(max(np.mean([mmd_loop(*f, b) for f in of_frame]) for b in BANDWIDTHS))
        seq.append(max(mmd_loop(flat_x, flat_y, b) for b in BANDWIDTHS))
    return {"mmd_avg": np.mean(avg), "mmd_seq": np.mean(seq)}


@pytest.mark.parametrize("scale", [1e-3, 0.1, 1, 10, 1e3])
def test_mmd_matches_its_definition_written_as_loops(scale):
    generated, real = clips(0, scale=scale), clips(1, scale=scale) + 0.5 * scale
    assert mmd(generated, real) == pytest.approx(mmd_by_loops(generated, real), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-3, 0.1, 1, 10, 1e3])
def test_each_bandwidth_matches_loops(scale):
    x = clips(2, classes=1, scale=scale)
    sums = within_sums(x)
    for i, bandwidth in enumerate(BANDWIDTHS):
        expected = kernel_loop(x[0].reshape(5, -1), x[0].reshape(5, -1), bandwidth)
        assert sums["mmd_seq"][0, 0, i] == pytest.approx(expected, rel=1e-9, abs=1e-11)
        for t in range(3):
            frame = x[0, :, t].reshape(5, -1)
            expected = kernel_loop(frame, frame, bandwidth)
            assert sums["mmd_avg"][0, t, i] == pytest.approx(expected, rel=1e-9, abs=1e-11)


def test_sums_do_not_depend_on_the_block_size(monkeypatch):
    generated, real = clips(3, m=37), clips(4, m=37)
    whole = mmd(generated, real)
    monkeypatch.setattr(module, "_BLOCK_SIZE", 37 * 8)
    monkeypatch.setattr(module, "_SMALL_PRODUCT", 37 * 6 * 3)
    assert mmd(generated, real) == pytest.approx(whole, rel=1e-12)


def test_precomputed_sums_give_the_same_mmd():
    generated, real = clips(5), clips(6)
    sums = {"generated_sums": within_sums(generated), "real_sums": within_sums(real)}
    assert mmd(generated, real, **sums) == mmd(generated, real)


def test_a_set_has_mmd_0_to_itself():
    same = clips(7, m=40)
    assert mmd(same, same) == pytest.approx({"mmd_avg": 0, "mmd_seq": 0}, abs=1e-7)


def test_a_single_point_has_mmd_1_to_varied_clips():
    real = clips(8, m=60, frames=2, joints=10)
    assert mmd(np.zeros_like(real), real) == pytest.approx({"mmd_avg": 1, "mmd_seq": 1}, abs=0.02)


def test_two_distant_points_have_the_largest_mmd():
    zeros = np.zeros((1, 10, 3, 2, 2), np.float32)
    greatest = pytest.approx(math.sqrt(2))
    assert mmd(zeros, zeros + 1e5) == {"mmd_avg": greatest, "mmd_seq": greatest}


def test_white_noise_is_further_from_smooth_clips_than_other_smooth_clips():
    def smooth(seed):
        return clips(seed, m=60, joints=6)[:, :, :1].repeat(10, axis=2)

    noise = clips(11, m=60, frames=10, joints=6)
    floor, of_noise = mmd(smooth(9), smooth(10)), mmd(noise, smooth(10))
    assert of_noise["mmd_seq"] > 3 * floor["mmd_seq"] > 0


def test_only_mmd_seq_measures_the_order_of_frames():
    """Still clips and clips with alternating sign have the same distribution in each frame."""
    still, other = (np.repeat(clips(seed, m=60, frames=1), 6, axis=2) for seed in (13, 14))
    alternating = still * np.array([1, -1] * 3, np.float32)[:, None, None]
    result, floor = mmd(alternating, other), mmd(still, other)
    assert result["mmd_seq"] > 3 * floor["mmd_seq"]
    assert result["mmd_avg"] < 3 * floor["mmd_avg"]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**16), scale=st.sampled_from([1e-2, 1.0, 30.0]))
def test_mmd_is_symmetric_and_ignores_origin_sign_and_joint_order(seed, scale):
    generated, real = clips(seed, scale=scale), clips(seed + 1, scale=scale)
    expected = pytest.approx(mmd(generated, real), rel=1e-4, abs=1e-5)
    assert mmd(real, generated) == expected
    assert mmd(generated + scale, real + scale) == expected
    assert mmd(generated[..., ::-1, :], real[..., ::-1, :]) == expected
    assert mmd(-generated, -real) == expected


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**16), order=st.permutations(range(5)))
def test_mmd_ignores_the_order_of_the_pairs(seed, order):
    generated, real = clips(seed), clips(seed + 1)
    expected = pytest.approx(mmd(generated, real), rel=1e-9)
    assert mmd(generated[:, list(order)], real[:, list(order)]) == expected


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**16), scale=st.floats(1e-3, 1e3))
def test_mmd_lies_between_0_and_sqrt_2(seed, scale):
    for value in mmd(clips(seed, scale=scale), clips(seed + 1)).values():
        assert 0 <= value <= math.sqrt(2) + 1e-9


def test_mmd_is_the_mean_over_classes():
    generated, real = clips(15, classes=3), clips(16, classes=3)
    alone = [mmd(generated[c : c + 1], real[c : c + 1])["mmd_seq"] for c in range(3)]
    assert mmd(generated, real)["mmd_seq"] == pytest.approx(np.mean(alone))


def test_clips_may_be_three_dimensional():
    flat = clips(17, joints=3, dimensions=2)
    assert mmd(flat, flat + 1) == mmd(
        flat.reshape(2, 5, 3, 2, 3), (flat + 1).reshape(2, 5, 3, 2, 3)
    )


@pytest.mark.parametrize(
    ("generated", "real", "message"),
    [
        (clips(0), clips(0, m=4), r"the same shape .*\(2, 5, 3, 2, 2\) and \(2, 4, 3, 2, 2\)"),
        (clips(0, m=1), clips(0, m=1), r"generated: expected shape .* m > 1 .*\(2, 1, 3, 2, 2\)"),
        (clips(0), clips(0)[0], "real: expected shape"),
        (clips(0) * np.float32(np.nan), clips(0), "generated: expected finite values"),
        (clips(0), clips(0) + np.float32(np.inf), "real: expected finite values"),
    ],
)
def test_invalid_clips_are_refused(generated, real, message):
    with pytest.raises(ValueError, match=message):
        mmd(generated, real)


@settings(max_examples=200, deadline=None)
@given(near=st.floats(-3, 4), far=st.floats(0, 4))
def test_kernels_are_accurate_for_near_and_far_pairs(near, far):
    """Covers every way to compute a kernel: the series of exp, exp, and negligible values."""
    near, far = float(np.float32(10**near)), float(np.float32(10**far))
    x = np.array([0, near, -far], np.float32).reshape(1, 3, 1, 1, 1)
    squares = np.square([near, far, near + far])
    expected = 2 * np.exp(-squares[:, None] / BANDWIDTHS).sum(axis=0)
    for sums in within_sums(x).values():
        np.testing.assert_allclose(sums[0, 0], expected, rtol=3e-12, atol=1e-14)
