"""Helpers of the layer tests: example clips, gradient checks, checks for every layer."""

import json
import warnings

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers import SparseRows
from tests import dense_reference

FRAMES = 7
JOINTS = 5
EDGES = ((0, 1), (1, 2), (1, 3), (3, 4))


def adjacency_of(joints=JOINTS, edges=EDGES):
    """A + I of a small tree."""
    matrix = np.eye(joints, dtype="float32")
    for i, j in edges:
        matrix[i, j] = matrix[j, i] = 1.0
    return matrix


def random_attention(rng, batch=2, frames=FRAMES, dtype="float64"):
    """Attention [batch, frames, frames] as eq. 5 gives it: lower triangular, rows sum to 1."""
    scores = np.tril(rng.uniform(0.05, 1.0, size=[batch, frames, frames]))
    return (scores / scores.sum(axis=-1, keepdims=True)).astype(dtype)


def sparse_rows(attention, top_k):
    """Attention [batch, T, T], pruned to `SparseRows`."""
    batch, frames, _ = attention.shape
    columns = np.full([batch, frames, min(top_k, frames) + 1], -1, "int32")
    for clip, rows in zip(attention, columns, strict=True):
        for row, kept in zip(rows, dense_reference.kept_frames(clip, top_k), strict=True):
            row[: len(kept)] = kept
    values = np.take_along_axis(attention, np.maximum(columns, 0), axis=-1) * (columns >= 0)
    return SparseRows(tf.constant(columns), tf.constant(values.astype(attention.dtype)))


def random_motion(rng, batch=2, frames=FRAMES, joints=JOINTS, coordinates=2, dtype="float64"):
    """Motion [batch, frames, joints, coordinates] of standard Gaussian numbers."""
    return rng.normal(size=[batch, frames, joints, coordinates]).astype(dtype)


def randomize_weights(layer, rng):
    """Gives every weight, including biases and the gate, a value that matters in every test.

    Kernels are scaled so that their outputs are about as large as their inputs; kernels of the node
    itself are smaller, because their outputs are added to others.
    """
    for weight in layer.weights:
        scale = np.sqrt(2.0 / weight.shape[0]) if len(weight.shape) == 2 else 0.5
        scale *= 0.5 if weight.name == "node_kernel" else 1.0
        weight.assign(rng.normal(scale=scale, size=weight.shape))


def kernel_and_bias(dense):
    """The two weights of a Dense or GraphConvolution layer as TensorFlow variables."""
    return [dense.kernel.value, dense.bias.value]


def assert_gradients_match(layer_function, sources, reference, rng, step=1e-6):
    """Compares automatic gradients with central differences of an independent float64 function.

    layer_function() computes a tensor from sources, a list of float64 tensors or variables;
    reference(*arrays) computes the same from their values. For each source in turn, the derivative
    of a random projection of the result along a random direction must agree.
    """
    with tf.GradientTape() as tape:
        tape.watch(sources)
        outputs = layer_function()
    projection = rng.normal(size=outputs.shape)
    gradients = tape.gradient(outputs, sources, output_gradients=tf.constant(projection))
    values = [source.numpy() for source in sources]
    for position, gradient in enumerate(gradients):
        direction = rng.normal(size=values[position].shape)
        sides = []
        for sign in (1.0, -1.0):
            moved = list(values)
            moved[position] = values[position] + sign * step * direction
            sides.append(np.sum(projection * reference(*moved)))
        expected = (sides[0] - sides[1]) / (2.0 * step)
        actual = np.sum(np.array(gradient) * direction)
        np.testing.assert_allclose(
            actual, expected, rtol=1e-5, atol=1e-6, err_msg=f"gradient of source {position}"
        )


def largest_tensor(function, *inputs, unknown=None):
    """Number of elements of the largest tensor in the graph of function and of its gradient.

    The gradient is that of the summed outputs with respect to inputs (float32 arrays). Bodies of
    loops count too; unknown is the largest value of a dimension of unknown size.
    """

    @tf.function
    def value_and_gradient(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = tf.reduce_sum(function(*tensors))
        return total, tape.gradient(total, tensors)

    specs = [tf.TensorSpec(array.shape, array.dtype) for array in inputs]
    operations = _operations(value_and_gradient.get_concrete_function(*specs).graph)
    outputs = [t for operation in operations for t in operation.outputs if t.dtype.is_floating]
    sizes = []
    for tensor in outputs:
        shape = [unknown if size is None else size for size in tensor.shape]
        assert None not in shape, f"{tensor.name} is of unknown size: {tensor.shape}"
        sizes.append(int(np.prod(shape)))
    return max(sizes)


def _operations(graph):
    """All operations of a graph, including those in the bodies of its loops."""
    for operation in graph.get_operations():
        yield operation
        if "While" in operation.type:
            yield from _operations(graph._get_function(operation.get_attr("body").name).graph)
        else:
            assert "Call" not in operation.type, f"tensors inside {operation.name} are not checked"


def assert_causal(layer, features, changed, seen=1e-4):
    """Checks that the outputs of earlier frames do not see a change, and that all later ones do.

    layer(features) has one output; the second axis of both is that of the frames. changed is the
    index of the frame that changes, and seen the least change of an output that sees it.
    """
    moved = features.copy()
    moved[:, changed] += 1.0
    difference = np.abs(np.array(layer(moved)) - np.array(layer(features)))
    per_frame = np.moveaxis(difference, 1, 0).reshape(len(features[0]), -1).max(axis=1)
    assert np.all(per_frame[:changed] == 0.0)
    assert np.all(per_frame[changed:] > seen)


def assert_close_in_bfloat16(mixed, exact, inputs, error=0.02):
    """Compares the float32 outputs of a block under mixed precision with those of the exact one."""
    mixed(*inputs)
    mixed.set_weights(exact.get_weights())
    outputs, expected = mixed(*inputs), np.array(exact(*inputs))
    assert outputs.dtype == "float32"  # bfloat16 makes the joints jitter
    assert all(weight.dtype == "float32" for weight in mixed.weights)
    assert np.linalg.norm(outputs - expected) < error * np.linalg.norm(expected)


def to_list(outputs):
    """The outputs of a layer, one or several, as a list."""
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def assert_all_close(actual, expected, **tolerances):
    """Compares the outputs of two calls of a layer one by one."""
    actual, expected = to_list(actual), to_list(expected)
    assert len(actual) == len(expected)
    for one, other in zip(actual, expected, strict=True):
        one, other = (np.array(tf.cast(value, "float64")) for value in (one, other))
        np.testing.assert_allclose(one, other, **tolerances)


def run_layer_checks(layer_class, arguments, inputs, output_shapes, weight_count, folder):
    """Checks that every layer must pass.

    inputs are float32 arrays for one call, output_shapes the shapes that come out of them (without
    the batch), weight_count the number of its trainable numbers, folder an empty temporary one.
    Checked: argument attributes, JSON configuration round trip, weight count, output shapes with
    unknown batch size, equality of eager, traced, symbolic and reloaded results, one fit step.
    """
    rng = np.random.default_rng(0)
    layer = layer_class(**arguments, name="checked")
    for name, value in arguments.items():
        np.testing.assert_array_equal(getattr(layer, name), value)

    config = json.loads(json.dumps(layer.get_config()))
    twin = layer_class.from_config(config)
    assert json.loads(json.dumps(twin.get_config())) == config
    assert config["name"] == "checked"

    symbols = [keras.Input(array.shape[1:]) for array in inputs]
    symbolic = layer(*symbols)
    assert [tuple(t.shape) for t in to_list(symbolic)] == [(None, *s) for s in output_shapes]
    computed = layer.compute_output_shape(*((None, *array.shape[1:]) for array in inputs))
    assert (computed if isinstance(computed[0], tuple) else (computed,)) == tuple(
        tuple(tensor.shape) for tensor in to_list(symbolic)
    )
    assert sum(int(np.prod(w.shape)) for w in layer.trainable_weights) == weight_count
    assert not layer.non_trainable_weights
    randomize_weights(layer, rng)

    eager = layer(*inputs)
    assert all(tensor.dtype == "float32" for tensor in to_list(eager))
    unknown_batch = [tf.TensorSpec([None, *array.shape[1:]], tf.float32) for array in inputs]
    traced = tf.function(lambda *tensors: layer(*tensors), input_signature=unknown_batch)
    assert_all_close(traced(*inputs), eager, rtol=1e-5, atol=1e-6)
    assert_all_close(
        traced(*(array[:1] for array in inputs)),
        [tensor[:1] for tensor in to_list(eager)],
        rtol=1e-5,
        atol=1e-6,
    )

    model = keras.Model(symbols, symbolic)
    assert_all_close(model.predict(list(inputs), verbose=0), eager, rtol=1e-5, atol=1e-6)
    reloaded = saved_and_loaded(model, folder / "model.keras")
    assert_all_close(reloaded(list(inputs)), eager, rtol=1e-5, atol=1e-6)

    _assert_one_fit_step_trains(layer, symbols, to_list(symbolic)[0], inputs)


def saved_and_loaded(model, path):
    """Saves a model as a `.keras` file and returns what is loaded from it."""
    with warnings.catch_warnings():
        # Keras 3.15 passes TensorFlow variables to NumPy 2 without the copy argument.
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        model.save(path)
    return keras.saving.load_model(path)


def _assert_one_fit_step_trains(layer, symbols, symbolic, inputs):
    before = [weight.numpy() for weight in layer.trainable_weights]
    trained = keras.Model(symbols, keras.layers.Dense(1)(symbolic))
    trained.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    targets = np.ones([len(inputs[0]), *trained.output_shape[1:]], dtype="float32")
    history = trained.fit(list(inputs), targets, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    after = [weight.numpy() for weight in layer.trainable_weights]
    unchanged = [
        weight.path
        for weight, old, new in zip(layer.trainable_weights, before, after, strict=True)
        if np.array_equal(old, new) and weight.name != "bias"  # a bias may have no influence
    ]
    assert not unchanged, f"one fit step left {unchanged} as they were"
