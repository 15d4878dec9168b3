import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from serving.local.serving_error import ServingError
from serving.local.signature import Signature


@pytest.fixture(scope="module")
def signature():
    definition = SignatureDef()
    weights = definition.inputs["weights"]
    weights.name, weights.dtype = "weights:0", tf.float32.as_datatype_enum
    weights.tensor_shape.dim.add(size=-1)
    weights.tensor_shape.dim.add(size=3)
    anything = definition.inputs["anything"]
    anything.name, anything.dtype = "anything:0", tf.string.as_datatype_enum
    anything.tensor_shape.unknown_rank = True
    definition.outputs["motion"].name = "call:1"
    definition.outputs["kept"].name = "call:0"
    return Signature(definition)


def refusal(function, *arguments):
    with pytest.raises(ServingError) as caught:
        function(*arguments)
    assert caught.value.code.name == "INVALID_ARGUMENT"
    return caught.value.message


def test_it_knows_where_its_tensors_are(signature):
    assert {name: one.place for name, one in signature.inputs.items()} == {
        "anything": "anything:0",
        "weights": "weights:0",
    }
    assert signature.outputs == {"kept": "call:0", "motion": "call:1"}


def test_names_must_be_those_of_the_signature(signature):
    signature.check_names({"weights": 1, "anything": 2})

    assert refusal(signature.check_names, {"weight": 1}) == (
        "input size does not match signature: 1!=2 len({weight}) != len({anything,weights}). "
        "Sent extra: {weight}. Missing but required: {anything,weights}."
    )
    assert refusal(signature.check_names, {"weight": 1, "anything": 2}).startswith(
        "Signature input alias: weights(feed name: weights:0) not found in request"
    )


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_any_number_of_rows_is_right(signature, rows):
    signature.check_input("weights", np.zeros((rows, 3), np.float32))


def test_a_shape_that_the_model_leaves_open_is_not_checked(signature):
    signature.check_input("anything", np.full((2, 3, 4), b"x", object))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((1, 3)), "Type mismatch: actual double vs. expect float: input weights"),
        (np.array([[b"x"] * 3], object), "Type mismatch: actual string vs. expect float: input we"),
        (
            np.zeros((1, 2), np.float32),
            "Shape mismatch: actual [1,2] vs. expect [?,3]: input weights",
        ),
        (np.zeros(3, np.float32), "Shape mismatch: actual [3] vs. expect [?,3]: input weights"),
        (np.array(0, np.float32), "Shape mismatch: actual [] vs. expect [?,3]: input weights"),
    ],
)
def test_another_type_or_shape_is_refused(signature, array, message):
    assert refusal(signature.check_input, "weights", array).startswith(message)


def test_outputs_are_those_of_the_filter_or_all(signature):
    assert signature.wanted_outputs([]) == ["kept", "motion"]
    assert signature.wanted_outputs(["motion"]) == ["motion"]
    assert refusal(signature.wanted_outputs, ["motion", "x"]) == (
        "output tensor alias not found in signature: x Outputs expected to be in the set "
        "{kept,motion}."
    )
    assert refusal(signature.wanted_outputs, ["kept", "kept"]) == (
        "duplicate output tensor alias: kept"
    )
