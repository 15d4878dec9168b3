import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from serving.local.serving_error import ServingError
from serving.local.signature import Signature
from serving.local.tensor_messages import read_tensors, write_tensor

SIGNATURE = Signature(
    SignatureDef(inputs={"label": TensorInfo(name="label:0", dtype=tf.int32.as_datatype_enum)})
)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(1, 2, 3),
        np.array([3], np.int32),
        np.zeros((0, 2), np.float32),
        np.array([b"text"], object),
        np.array([2.5], np.float64),  # a type that only TensorFlow's own code reads and writes
    ],
)
def test_an_array_comes_back_as_it_went(array):
    message = TensorProto()
    write_tensor(array, message)

    back = read_tensors({"label": message}, SIGNATURE)["label"]

    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_one_value_may_stand_for_all():
    message = TensorProto(dtype=tf.int32.as_datatype_enum, int_val=[7])
    message.tensor_shape.dim.add(size=4)

    assert read_tensors({"label": message}, SIGNATURE)["label"].tolist() == [7] * 4


def test_a_few_bytes_cannot_ask_for_all_memory():
    message = TensorProto(dtype=tf.int32.as_datatype_enum, int_val=[7])
    message.tensor_shape.dim.add(size=2**50)

    with pytest.raises(ServingError, match="tensor parsing error: label: it has more than"):
        read_tensors({"label": message}, SIGNATURE)


@given(
    dtype=st.integers(0, 30),
    sizes=st.lists(st.integers(-2, 5), max_size=3),
    content=st.binary(max_size=20),
    values=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5),
    unknown_rank=st.booleans(),
)
def test_a_damaged_tensor_is_refused_and_nothing_worse(dtype, sizes, content, values, unknown_rank):
    message = TensorProto(dtype=dtype, tensor_content=content, int_val=values)
    message.tensor_shape.unknown_rank = unknown_rank
    for size in sizes:
        message.tensor_shape.dim.add(size=size)

    try:
        array = read_tensors({"label": message}, SIGNATURE)["label"]
    except ServingError as error:
        assert error.code.name == "INVALID_ARGUMENT"
        assert error.message.startswith("tensor parsing error: label")
    else:
        assert list(array.shape) == sizes


def test_names_must_be_those_of_the_signature():
    with pytest.raises(ServingError, match="Missing but required: {label}"):
        read_tensors({}, SIGNATURE)
