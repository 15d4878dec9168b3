"""Layers under XLA, which Keras chooses by itself on a GPU."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.layers import (
    BlockwiseSelfAttention,
    FullGraphConvolution,
    MaskedSelfAttention,
    PlainConvolutions,
    SAGraphConvolution,
    STGraphConvolutions,
    TopKPruning,
    is_long,
)
from tests import layer_checks

ADJACENCY = layer_checks.adjacency_of()
WIDTHS = (2, 3, 3, 4, 4)
WIDTHS = (2, 3, 3, 4, 4)


def example():
    """Motion of three clips, to functions of batches of any size."""
    return layer_checks.random_motion(np.random.default_rng(0), batch=3, dtype="float32")


def compiled_and_eager(function, *layers):
    """The results of a function of motion with and without XLA.

    XLA does not know the batch size, as under Keras after a smaller last batch.
    """
    eager = function(tf.constant(example()))
    assert all(layer.supports_jit for layer in layers)
    specs = [tf.TensorSpec([None, *example().shape[1:]], tf.float32)]
    return tf.function(function, input_signature=specs, jit_compile=True)(example()), eager


@pytest.mark.slow
def test_the_layers_of_the_paper_give_the_same_values_and_gradients_compiled():
    _, frames, joints, coordinates = example().shape
    attend, prune = MaskedSelfAttention(qk_norm=True), TopKPruning(2)
    convolve = SAGraphConvolution(ADJACENCY, WIDTHS, own_kernel=True)

    def values_and_gradients(motion):
        with tf.GradientTape() as tape:
            tape.watch(motion)
            attended, attention = attend(tf.reshape(motion, [-1, frames, joints * coordinates]))
            attended = tf.reshape(attended, [-1, frames, joints, coordinates])
            outputs = convolve(attended, prune(attention))
            total = tf.reduce_mean(tf.square(outputs))
        weights = [attend.gamma, attend.query.kernel, *convolve.trainable_variables]
        return [outputs, *tape.gradient(total, [motion, *weights])]

    values_and_gradients(tf.constant(example()))
    attend.gamma.assign(0.5)
    compiled, eager = compiled_and_eager(values_and_gradients, attend, prune, convolve)
    layer_checks.assert_all_close(compiled, eager, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_layers_of_the_ablations_give_the_same_values_compiled():
    layers = [
        FullGraphConvolution(ADJACENCY, WIDTHS),
        PlainConvolutions(WIDTHS, 3),
        STGraphConvolutions(WIDTHS[:2], ADJACENCY, 1),
    ]
    compiled, eager = compiled_and_eager(
        lambda motion: [layer(motion, motion[:, :, 0]) for layer in layers], *layers
    )
    layer_checks.assert_all_close(compiled, eager, rtol=1e-4, atol=1e-5)


def test_layers_of_long_clips_say_that_xla_cannot_compile_them():
    rng, frames = np.random.default_rng(0), 120
    assert is_long(frames, 5)
    motion = layer_checks.random_motion(rng, batch=1, frames=frames, dtype="float32")
    inputs = keras.Input([frames, motion.shape[2] * motion.shape[3]])
    attended, pruned = BlockwiseSelfAttention()(inputs, top_k=5)
    attended = keras.layers.Reshape(motion.shape[1:])(attended)
    model = keras.Model(inputs, SAGraphConvolution(ADJACENCY, WIDTHS)(attended, pruned))

    with pytest.warns(UserWarning, match="support `jit_compile=True`"):
        model.compile(jit_compile=True)
    assert not model.jit_compile
