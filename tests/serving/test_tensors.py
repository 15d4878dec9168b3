import numpy as np
import pytest
import tensorflow as tf

from serving.messages import Tensor
from serving.tensors import to_array, to_message

ARRAYS = [
    np.array([[1.5, -2.0], [3.25, np.inf]], np.float32),
    np.array([3, -4], np.int32),
    np.zeros((0, 2), np.float32),
    np.array(7, np.int32),
]


@pytest.mark.parametrize("array", ARRAYS)
def test_an_array_comes_back_as_it_went(array):
    back = to_array(to_message(array))

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

    back = to_array(Tensor.FromString(theirs.SerializeToString()))

    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype


def test_one_value_may_stand_for_all():
    theirs = Tensor(dtype=1, float_val=[2.5])
    theirs.tensor_shape.dim.add(size=3)

    assert to_array(theirs).tolist() == [2.5] * 3


def test_text_is_bytes():
    theirs = tf.make_tensor_proto(np.array([b"a", b"b"], object))

    assert to_array(Tensor.FromString(theirs.SerializeToString())).tolist() == [b"a", b"b"]


def test_what_is_no_array_of_ours_is_refused():
    with pytest.raises(ValueError, match="type number 9; expected float32, int32 or text"):
        to_array(Tensor(dtype=9))
