import keras
import numpy as np
import pytest

from sagcn_tf.layers import (
    BlockwiseSelfAttention,
    MaskedSelfAttention,
    PlainConvolutions,
    SAGraphConvolution,
    STGraphConvolution,
    STGraphConvolutions,
    TopKPruning,
)
from tests.layer_checks import adjacency_of

ADJACENCY = adjacency_of()
MAKERS = [
    lambda adjacency: SAGraphConvolution(adjacency),
    lambda adjacency: STGraphConvolution(4, adjacency, 1),
    lambda adjacency: STGraphConvolutions((4, 4), adjacency, 1),
]


def changed(row, column, value):
    matrix = ADJACENCY.copy()
    matrix[row, column] = value
    return matrix


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("adjacency", "message"),
    [
        (ADJACENCY[:4], r"square matrix \[N, N\], received \(4, 5\)"),
        (np.zeros([0, 0]), "square matrix"),
        (changed(0, 1, np.nan), "finite numbers"),
        (changed(0, 1, -1.0), "0 or more"),
        (changed(0, 4, 1.0), "symmetric, received 1.0 for joints 0, 4 and 0.0 for 4, 0"),
        (ADJACENCY - np.eye(5), r"A \+ I\), received 0.0 for joint 0. Add np.eye\(5\)"),
        (changed(3, 3, 2.0), "received 2.0 for joint 3"),
    ],
)
def test_an_adjacency_that_is_no_skeletons_is_refused(make, adjacency, message):
    with pytest.raises(ValueError, match=f"adjacency must .*{message}"):
        make(adjacency)


@pytest.mark.parametrize(
    ("layer", "call", "shapes"),
    [
        (TopKPruning(), {}, [(None, None)]),
        (BlockwiseSelfAttention(), {"top_k": 2}, [(None, 6)]),
        (SAGraphConvolution(ADJACENCY), {}, [(None, 5, 2), (None, None)]),
        (PlainConvolutions((2, 2, 2, 2, 2)), {}, [(None, 5, 2), (None, None)]),
        (STGraphConvolution(4, ADJACENCY, 1), {}, [(5, None, 2)]),
        (STGraphConvolutions((4, 4), ADJACENCY, 1), {}, [(None, 5, 2)]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_layers_that_need_the_number_of_frames_say_so(layer, call, shapes):
    with pytest.raises(ValueError, match="needs to know the number of frames T, received None"):
        layer(*(keras.Input(shape) for shape in shapes), **call)


def test_attention_takes_clips_of_any_length():
    inputs = keras.Input([None, 6])
    model = keras.Model(inputs, MaskedSelfAttention()(inputs))

    for frames in (3, 7):
        outputs, attention = model(np.ones([2, frames, 6], np.float32))
        assert outputs.shape == (2, frames, 6) and attention.shape == (2, frames, frames)
