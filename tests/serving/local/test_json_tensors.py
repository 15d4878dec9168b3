import json
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from serving.local.json_tensors import parse_request, read_inputs, write_outputs
from serving.local.serving_error import ServingError
from serving.local.signature import Signature


def inputs_of(**types):
    definition = SignatureDef()
    for name, dtype in types.items():
        definition.inputs[name].dtype = dtype.as_datatype_enum
    return Signature(definition).inputs


LABEL_AND_SEED = inputs_of(label=tf.int32, seed=tf.int32)
ONE = inputs_of(motion=tf.float32)


def read(request, known):
    return read_inputs(parse_request(json.dumps(request)), known)


@pytest.mark.parametrize(
    "request_body",
    [
        {"instances": [{"label": 1, "seed": 5}, {"label": 2, "seed": 6}]},
        {"inputs": {"label": [1, 2], "seed": [5, 6]}},
    ],
)
def test_rows_and_columns_say_the_same(request_body):
    inputs = read(request_body, LABEL_AND_SEED)

    assert {name: array.tolist() for name, array in inputs.items()} == {
        "label": [1, 2],
        "seed": [5, 6],
    }
    assert {array.dtype for array in inputs.values()} == {np.dtype(np.int32)}


@pytest.mark.parametrize("key", ["instances", "inputs"])
def test_the_only_input_needs_no_name(key):
    motion = read({key: [[1, 2.5], [3, math.inf]]}, ONE)["motion"]

    np.testing.assert_array_equal(motion, np.array([[1, 2.5], [3, np.inf]], np.float32))


def test_text_may_be_plain_or_base64():
    text = read({"instances": ["a", {"b64": "/w=="}]}, inputs_of(text=tf.string))["text"]

    assert text.tolist() == [b"a", b"\xff"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "JSON Parse error: The document is empty"),
        ('{"instances": [1', "JSON Parse error"),
        ("[" * 100_000, "JSON Parse error"),
        ("[1]", "JSON Value: [1] Is not object"),
        ('{"signature_name": 3}', "'signature_name' key must be a string value."),
    ],
)
def test_what_is_no_request_is_refused(body, message):
    with pytest.raises(ServingError) as caught:
        parse_request(body)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"inputs": 1, "instances": [1]}, "expecting only one of 'inputs' or 'instances'"),
        ({"instances": 3}, "Expecting 'instances' to be an list/array"),
        ({"instances": []}, "No values in 'instances' array"),
        ({"instances": [1]}, "instances is a plain list, but expecting list of objects"),
        ({"instances": [{"label": 1}]}, "keys must be equal to: label,seed"),
        ({"instances": [{"label": 1, "seed": 2}, 3]}, "Expecting object but got list at item 1"),
        ({"instances": [{"label": 1.5, "seed": 2}]}, "Type: Number is not of expected type: int32"),
        ({"instances": [{"label": True, "seed": 2}]}, "Type: True is not of expected type: int32"),
        ({"instances": [{"label": "1", "seed": 2}]}, "Type: String is not of expected type: int32"),
        ({"instances": [{"label": 2**40, "seed": 2}]}, "has a number too large for int32"),
        ({"instances": [{"label": [1], "seed": 2}, {"label": 1, "seed": 2}]}, "incorrect level: 2"),
        ({"inputs": [1]}, "inputs is a plain value/list, but expecting an object"),
        ({"inputs": {"label": [1]}}, "Missing named input: seed in 'inputs' object."),
        ({"inputs": {"label": [[1], [2, 3]], "seed": [1]}}, "unexpected size: 2 at level: 1"),
        ({"inputs": {"label": [1, [2]], "seed": [1]}}, "list at unexpected level: 1 expected < 1"),
    ],
)
def test_what_does_not_suit_the_signature_is_refused(request_body, message):
    with pytest.raises(ServingError) as caught:
        read(request_body, LABEL_AND_SEED)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message


def test_an_answer_by_row_names_its_outputs_where_there_are_several():
    outputs = {"motion": np.array([[1.5], [2.5]], np.float32), "kept": np.array([3, 4])}

    assert json.loads(write_outputs(outputs, by_row=True)) == {
        "predictions": [{"kept": 3, "motion": [1.5]}, {"kept": 4, "motion": [2.5]}]
    }
    assert json.loads(write_outputs({"kept": outputs["kept"]}, by_row=True)) == {
        "predictions": [3, 4]
    }


def test_an_answer_by_column_names_its_outputs_where_there_are_several():
    outputs = {"motion": np.array([[1.5]], np.float32), "kept": np.array([3])}

    assert json.loads(write_outputs(outputs, by_row=False)) == {
        "outputs": {"motion": [[1.5]], "kept": [3]}
    }
    assert json.loads(write_outputs({"kept": outputs["kept"]}, by_row=False)) == {"outputs": [3]}


def test_bytes_are_base64_only_where_the_name_says_so():
    text = np.array([b"a\xff"], object)

    assert json.loads(write_outputs({"text": text}, by_row=True)) == {"predictions": ["a\ufffd"]}
    assert json.loads(write_outputs({"text_bytes": text}, by_row=True)) == {
        "predictions": [{"b64": "Yf8="}]
    }


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"a": np.array(1)}, "Tensor name: a has no shape information"),
        ({"a": np.zeros(1), "b": np.zeros(2)}, "inconsistent batch sizes"),
    ],
)
def test_what_is_no_batch_cannot_be_written_by_row(outputs, message):
    with pytest.raises(ServingError, match=message):
        write_outputs(outputs, by_row=True)


@given(arrays.arrays(np.float32, (2, 3), elements=st.floats(width=32, allow_nan=False)))
def test_floats_lose_nothing_on_their_way_through_json(array):
    text = write_outputs({"motion": array}, by_row=True)

    request = {"instances": json.loads(text)["predictions"]}
    np.testing.assert_array_equal(read(request, ONE)["motion"], array)


def test_floats_have_no_more_digits_than_they_need():
    assert (
        write_outputs({"x": np.array([0.2], np.float32)}, by_row=True) == '{"predictions": [0.2]}'
    )
