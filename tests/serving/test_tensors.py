import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from tensorflow.core.framework.tensor_pb2 import TensorProto

from serving.messages import Tensor
from serving.tensors import read_array, write_array

ARRAYS = [
    np.array([[1.5, -2.0], [3.25, np.inf]], np.float32),
    np.array([3, -4], np.int32),
    np.zeros((0, 2), np.float32),
    np.array(7, np.int32),
]
TEXT = np.array([[b"a", b"\xff"]], object)


@pytest.mark.parametrize("array", [*ARRAYS, TEXT])
def test_an_array_comes_back_as_it_went(array):
    back = read_array(write_array(array, Tensor()))

    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("array", ARRAYS)
def test_a_server_may_send_bytes_or_a_list_of_values(array):
    """TensorFlow Serving sends lists by default, and bytes with a flag."""
    as_list = tf.TensorSpec.from_tensor(tf.constant(array))
    theirs = tf.make_tensor_proto(array)
    theirs.ClearField("tensor_content")
    field = theirs.float_val if as_list.dtype == tf.float32 else theirs.int_val
    field[:] = array.ravel().tolist()

    back = read_array(Tensor.FromString(theirs.SerializeToString()))

    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype


def test_the_last_value_stands_for_those_that_are_missing():
    message = Tensor(dtype=1, float_val=[1.5, 2.5])
    message.tensor_shape.dim.add(size=4)

    assert read_array(message).tolist() == [1.5, 2.5, 2.5, 2.5]


def test_text_is_bytes():
    theirs = tf.make_tensor_proto(TEXT)

    np.testing.assert_array_equal(read_array(Tensor.FromString(theirs.SerializeToString())), TEXT)


def test_another_type_is_refused():
    with pytest.raises(ValueError, match="type number 9; expected float32, int32 or text"):
        read_array(Tensor(dtype=9))


@pytest.mark.parametrize("sizes", [[-1], [2**50], [2**20, 2**20]])
def test_a_few_bytes_cannot_ask_for_all_memory(sizes):
    message = Tensor(dtype=3, int_val=[7])
    for size in sizes:
        message.tensor_shape.dim.add(size=size)

    with pytest.raises(ValueError, match=r"a tensor of shape \[.*\]; expected at most 67108864"):
        read_array(message)


@given(
    dtype=st.integers(0, 30),
    sizes=st.lists(st.integers(-2, 5), max_size=3),
    content=st.binary(max_size=20),
    values=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5),
    unknown_rank=st.booleans(),
)
def test_a_damaged_tensor_raises_nothing_else(dtype, sizes, content, values, unknown_rank):
    message = TensorProto(dtype=dtype, tensor_content=content, int_val=values)
    message.tensor_shape.unknown_rank = unknown_rank
    for size in sizes:
        message.tensor_shape.dim.add(size=size)

    try:
        array = read_array(message)
    except ValueError:
        return
    assert list(array.shape) == sizes
