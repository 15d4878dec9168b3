import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import TensorInfo

from serving.local.input_checks import check_input
from serving.local.serving_error import ServingError

WEIGHTS = TensorInfo(dtype=tf.float32.as_datatype_enum)
WEIGHTS.tensor_shape.dim.add(size=-1)
WEIGHTS.tensor_shape.dim.add(size=3)


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_any_number_of_rows_is_right(rows):
    check_input("weights", np.zeros((rows, 3), np.float32), WEIGHTS)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((1, 3)), "Type mismatch: actual double vs. expect float: input weights"),
        (np.array([[b"x"] * 3], object), "Type mismatch: actual string vs. expect float"),
        (np.zeros((1, 2), np.float32), "Shape mismatch: actual [1, 2] vs. expect (None, 3): input"),
        (np.zeros(3, np.float32), "Shape mismatch: actual [3] vs. expect (None, 3)"),
        (np.float32(0), "Shape mismatch: actual [] vs. expect (None, 3)"),
    ],
)
def test_another_type_or_shape_is_refused(array, message):
    with pytest.raises(ServingError) as caught:
        check_input("weights", array, WEIGHTS)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message


def test_a_shape_that_the_model_leaves_open_is_not_checked():
    anything = TensorInfo(dtype=tf.int32.as_datatype_enum)
    anything.tensor_shape.unknown_rank = True

    check_input("x", np.zeros((2, 3, 4), np.int32), anything)
