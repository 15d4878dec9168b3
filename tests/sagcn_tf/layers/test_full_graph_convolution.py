"""Convolutions on the full graph against the dense equations with all scores 1."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import FullGraphConvolution, SAGraphConvolution, full_graph_convolution
from tests import dense_reference, layer_checks

FRAMES, JOINTS = layer_checks.FRAMES, layer_checks.JOINTS
ADJACENCY = layer_checks.adjacency_of()
WIDTHS = (6, 8, 8, 10, 10)


@pytest.fixture(params=[2, 3, 7, 50], ids=lambda frames: f"{frames} frames at once")
def frames_at_once(request, monkeypatch):
    """Parts of a clip of 7 frames: several, the last partly filled, and one."""
    monkeypatch.setattr(full_graph_convolution, "_FRAMES_AT_ONCE", request.param)


def example(frames=FRAMES, dtype="float64", coordinates=2):
    """Motion [B, T, N, D], and attention [B, T, T], which must be ignored."""
    rng = np.random.default_rng(1)
    motion = layer_checks.random_motion(rng, 2, frames, coordinates=coordinates, dtype=dtype)
    return motion, layer_checks.random_attention(rng, 2, frames, dtype=dtype)


def block(motion, dtype="float64", **options):
    layer = FullGraphConvolution(ADJACENCY, WIDTHS, dtype=dtype, **options)
    layer.build(motion.shape)
    layer_checks.randomize_weights(layer, np.random.default_rng(2))
    return layer


def test_the_graph_of_two_joints_and_three_frames_by_hand():
    """Row (t, n) of D^-1 A_s: past frames of joint n, and both joints of frame t itself."""
    graph = full_graph_convolution._full_graph(np.ones([2, 2]), 3, "float64")
    identity = tf.reshape(tf.eye(6, dtype="float64"), [1, 3, 2, 1, 6])
    rows = tf.reshape(graph.aggregate(identity), [6, 6])
    third, quarter = 1 / 3, 1 / 4
    np.testing.assert_allclose(
        rows,
        [
            [1 / 2, 1 / 2, 0, 0, 0, 0],
            [1 / 2, 1 / 2, 0, 0, 0, 0],
            [third, 0, third, third, 0, 0],
            [0, third, third, third, 0, 0],
            [quarter, 0, quarter, 0, quarter, quarter],
            [0, quarter, 0, quarter, quarter, quarter],
        ],
    )


@pytest.mark.parametrize("coordinates", [1, 3])
def test_equals_the_dense_equations(frames_at_once, coordinates):
    motion, attention = example(coordinates=coordinates)
    layer = block(motion)
    pairs = [
        [weight.numpy() for weight in layer_checks.kernel_and_bias(part)]
        for part in (*layer.convolutions, layer.output_projection)
    ]
    projections = [layer.projections[place].kernel.numpy() for place in ("3", "5")]
    ones = np.tril(np.ones([FRAMES, FRAMES]))
    expected = [
        dense_reference.sa_graph_convolution(
            clip, ones, ADJACENCY, pairs[:5], pairs[5], *projections
        )
        for clip in motion
    ]
    np.testing.assert_allclose(layer(motion, attention), expected, rtol=1e-10, atol=1e-11)


OPTIONS = {"outputs": 3, "own_kernel": True, "joint_bias": True}


@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["as in the paper", "options"])
def test_values_and_gradients_equal_those_of_the_whole_graph(frames_at_once, options):
    motion, attention = (tf.constant(x) for x in example())
    full = block(motion, **options)
    whole = SAGraphConvolution(ADJACENCY, WIDTHS, dtype="float64", **options)
    whole.build(motion.shape)
    whole.set_weights(full.get_weights())
    ones = tf.linalg.band_part(tf.ones_like(attention), -1, 0)
    results, gradients = [], []
    for layer, scores in ((full, attention), (whole, ones)):
        sources = [motion, *(weight.value for weight in layer.weights)]
        with tf.GradientTape() as tape:
            tape.watch(motion)
            results.append(layer(motion, scores))
            loss = tf.reduce_sum(tf.sin(results[-1]))
        gradients.append(tape.gradient(loss, sources))
    np.testing.assert_allclose(*results, rtol=1e-10, atol=1e-11)
    layer_checks.assert_all_close(*gradients, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("changed", [0, 3, FRAMES - 1])
def test_earlier_frames_do_not_see_a_change_and_later_ones_all_do(frames_at_once, changed):
    motion, attention = example()
    layer = block(motion)
    layer_checks.assert_causal(lambda motion: layer(motion, attention), motion, changed)


@pytest.mark.parametrize(("dtype", "error"), [("float32", 1e-5), ("bfloat16", 0.02)])
def test_a_clip_of_800_frames_is_summed_as_exactly_as_a_short_one(dtype, error):
    features = np.random.default_rng(3).uniform(0, 1, size=[1, 800, JOINTS, 1, 3])
    past = np.cumsum(features, axis=1) - features
    neighbors = np.einsum("nm,btmdc->btndc", ADJACENCY, features)
    degree = np.arange(800)[:, None] + ADJACENCY.sum(axis=1)
    expected = (past + neighbors) / degree[..., None, None]
    graph = full_graph_convolution._full_graph(ADJACENCY, 800, dtype)
    actual = tf.cast(graph.aggregate(tf.cast(features, dtype)), "float64")
    np.testing.assert_allclose(actual, expected, rtol=error)


def test_largest_tensor_grows_linearly_with_the_clip():
    def largest(frames):
        motion = np.zeros([1, frames, JOINTS, 2], "float32")
        layer = block(motion, "float32")
        return layer_checks.largest_tensor(lambda motion: layer(motion, motion), motion)

    assert largest(800) == 4 * largest(200)


def test_behaves_as_a_keras_layer(tmp_path):
    layer_checks.run_layer_checks(
        FullGraphConvolution,
        {"filters": WIDTHS, "adjacency": ADJACENCY},
        list(example(dtype="float32")),
        output_shapes=[(FRAMES, JOINTS, 2)],
        weight_count=12 + 7 * 8 + 9 * 8 + 9 * 10 + 11 * 10 + 6 * 8 + 8 * 10 + 11,
        folder=tmp_path,
    )


def test_mixed_bfloat16_is_close_to_float32():
    motion, attention = example(frames=60, dtype="float32")
    exact = block(motion, "float32")
    mixed = FullGraphConvolution(ADJACENCY, WIDTHS, dtype="mixed_bfloat16")
    layer_checks.assert_close_in_bfloat16(mixed, exact, (motion, attention))
