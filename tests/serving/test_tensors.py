import numpy as np
import pytest
import tensorflow as tf

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
    """TensorFlow Serving sends lists unless it is told to send bytes."""
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


def test_what_is_no_array_of_ours_is_refused():
    with pytest.raises(ValueError, match="type number 9; expected float32, int32 or text"):
        read_array(Tensor(dtype=9))
