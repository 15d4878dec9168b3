"""Plain convolutions against the same, computed node by node."""

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import PlainConvolutions
from tests import dense_reference, layer_checks

FRAMES, JOINTS = layer_checks.FRAMES, layer_checks.JOINTS
WIDTHS = (6, 8, 8, 10, 10)


def example(dtype="float64", coordinates=2):
    """Motion [B, T, N, D], and attention [B, T, T], which must be ignored."""
    rng = np.random.default_rng(1)
    motion = layer_checks.random_motion(rng, coordinates=coordinates, dtype=dtype)
    return motion, layer_checks.random_attention(rng, dtype=dtype)


def block(kernel_size, dtype="float64", coordinates=2, outputs=None):
    motion, attention = example(dtype, coordinates)
    layer = PlainConvolutions(WIDTHS, kernel_size, outputs, dtype=dtype)
    layer(motion, attention)
    rng = np.random.default_rng(2)
    for weight in layer.weights:
        weight.assign(rng.normal(scale=np.prod(weight.shape[:-1]) ** -0.5, size=weight.shape))
    return layer


def variables_of(layer):
    """Kernel and bias of the five convolutions and of the last Dense, then the projections."""
    parts = [*layer.convolutions, layer.output_projection]
    pairs = [variable for part in parts for variable in layer_checks.kernel_and_bias(part)]
    return pairs + [layer.projections[place].kernel.value for place in ("3", "5")]


def convolved(images, kernel, bias):
    """Images [..., T, N, C] with zero padding; kernel [k, k, C, F] or [C, F]."""
    kernel = kernel.reshape(-1, *kernel.shape[-2:]) if kernel.ndim == 4 else kernel[None]
    side = int(len(kernel) ** 0.5)
    reach = side // 2
    padded = np.pad(images, [(0, 0)] * (images.ndim - 3) + [(reach, reach)] * 2 + [(0, 0)])
    frames, joints = images.shape[-3:-1]
    total = bias
    for place, matrix in enumerate(kernel):
        t, n = divmod(place, side)
        total = total + padded[..., t : t + frames, n : n + joints, :] @ matrix
    return total


def convolved_graphs(hidden, *weights):
    """The block with graphs as a batch axis: [B, graphs, T, N, C] -> [B, graphs, T, N, outputs]."""
    pairs = [weights[i : i + 2] for i in range(0, 12, 2)]
    outputs = []
    for number, pair in enumerate(pairs[:5], start=1):
        hidden = convolved(hidden, *pair)
        if number in (3, 5):
            hidden = hidden + outputs[number - 3] @ weights[12 if number == 3 else 13]
        hidden = dense_reference.relu(hidden)
        outputs.append(hidden)
    return dense_reference.dense(hidden, *pairs[5])


def by_reference(motion, *weights):
    hidden = motion.transpose(0, 3, 1, 2)[..., None]  # [B, D, T, N, 1]
    return convolved_graphs(hidden, *weights)[..., 0].transpose(0, 2, 3, 1)


@pytest.mark.parametrize("kernel_size", [1, 3])
@pytest.mark.parametrize("coordinates", [1, 3])
def test_equals_the_reference(kernel_size, coordinates):
    motion, attention = example(coordinates=coordinates)
    layer = block(kernel_size)
    expected = by_reference(motion, *(v.numpy() for v in variables_of(layer)))
    np.testing.assert_allclose(layer(motion, attention), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("kernel_size", [1, 3])
@pytest.mark.parametrize("outputs", [1, 2])
def test_with_outputs_all_coordinates_are_channels_of_one_image(kernel_size, outputs):
    motion, attention = example(coordinates=4)
    layer = block(kernel_size, coordinates=4, outputs=outputs)
    weights = [variable.numpy() for variable in variables_of(layer)]
    expected = convolved_graphs(motion[:, None], *weights)[:, 0]
    assert expected.shape == (2, FRAMES, JOINTS, outputs)
    np.testing.assert_allclose(layer(motion, attention), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("kernel_size", [1, 3])
def test_gradients_equal_finite_differences(kernel_size):
    motion, attention = (tf.constant(x) for x in example())
    layer = block(kernel_size)
    layer_checks.assert_gradients_match(
        lambda: layer(motion, attention),
        [motion, *variables_of(layer)],
        by_reference,
        np.random.default_rng(3),
    )


@pytest.mark.parametrize(("kernel_size", "reach"), [(1, 0), (3, 5)])
def test_five_convolutions_reach_as_far_as_their_kernels(kernel_size, reach):
    """With 1 x 1 a node sees only itself; with 3 x 3, five joints and frames in each direction."""
    motion, attention = example()
    layer = block(kernel_size)
    moved = motion.copy()
    moved[:, FRAMES - 1, 0, 0] += 1.0
    change = np.abs(np.array(layer(moved, attention)) - np.array(layer(motion, attention)))
    frames, joints = np.ogrid[:FRAMES, :JOINTS]
    expected = (frames >= FRAMES - 1 - reach) & (joints <= reach)
    np.testing.assert_array_equal(change[..., 0].max(axis=0) > 0, expected)
    assert change[..., 1].max() == 0.0  # the other coordinate is another image


@pytest.mark.parametrize("outputs", [None, 3])
@pytest.mark.parametrize(("kernel_size", "nodes"), [(1, 1), (3, 9)])
def test_behaves_as_a_keras_layer(kernel_size, nodes, outputs, tmp_path):
    widths = [1 if outputs is None else 2, *WIDTHS]
    pairs = zip(widths[:-1], widths[1:], strict=True)
    layer_checks.run_layer_checks(
        PlainConvolutions,
        {"filters": WIDTHS, "kernel_size": kernel_size, "outputs": outputs},
        list(example(dtype="float32")),
        output_shapes=[(FRAMES, JOINTS, outputs or 2)],
        weight_count=sum((nodes * a + 1) * b for a, b in pairs)
        + 6 * 8
        + 8 * 10
        + 11 * (outputs or 1),
        folder=tmp_path,
    )


@pytest.mark.parametrize("kernel_size", [1, 3])
def test_mixed_bfloat16_is_close_to_float32(kernel_size):
    mixed = PlainConvolutions(WIDTHS, kernel_size, dtype="mixed_bfloat16")
    exact = block(kernel_size, "float32")
    layer_checks.assert_close_in_bfloat16(mixed, exact, example("float32"))


def test_another_number_of_widths_is_refused_by_name():
    with pytest.raises(ValueError, match=r"filters.*\(32, 64\)"):
        PlainConvolutions((32, 64))
