import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from serving.local.json_tensors import parse_request, read_inputs, write_outputs
from serving.request_error import RequestError

LABEL_AND_SEED = {"label": np.dtype(np.int32), "seed": np.dtype(np.int32)}
MOTION = {"motion": np.dtype(np.float32)}


def read(request, types):
    return read_inputs(parse_request(json.dumps(request)), types)


@pytest.mark.parametrize(
    "request_body",
    [
        {"instances": [{"label": 1, "seed": 5}, {"label": 2, "seed": 6}]},
        {"inputs": {"label": [1, 2], "seed": [5, 6]}},
    ],
)
def test_rows_and_columns_mean_the_same(request_body):
    inputs = read(request_body, LABEL_AND_SEED)

    assert {name: array.tolist() for name, array in inputs.items()} == {
        "label": [1, 2],
        "seed": [5, 6],
    }
    assert {array.dtype for array in inputs.values()} == {np.dtype(np.int32)}


@pytest.mark.parametrize("key", ["instances", "inputs"])
def test_the_only_input_needs_no_name(key):
    motion = read({key: [[1, 2.5], [3, math.inf]]}, MOTION)["motion"]

    assert motion.dtype == np.float32
    np.testing.assert_array_equal(motion, np.array([[1, 2.5], [3, np.inf]], np.float32))


def test_a_number_beyond_float32_becomes_infinity():
    assert read({"inputs": [1e300]}, MOTION)["motion"].tolist() == [math.inf]


def test_no_rows_are_possible_by_column():
    inputs = read({"inputs": {"label": [], "seed": []}}, LABEL_AND_SEED)

    assert {(array.dtype.name, array.shape) for array in inputs.values()} == {("int32", (0,))}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "expected JSON"),
        ('{"instances": [1', "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        (b"\xff", "expected JSON"),
        ("[1]", "expected a JSON object with either 'instances' or 'inputs'"),
        ("{}", "expected a JSON object with either 'instances' or 'inputs'"),
        ('{"inputs": 1, "instances": [1]}', "with either 'instances' or 'inputs'"),
        ('{"inputs": 1, "signature_name": 3}', "signature_name: expected a string"),
    ],
)
def test_a_body_that_is_not_a_request_is_refused(body, message):
    with pytest.raises(RequestError) as caught:
        parse_request(body)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message


NESTED = "label: expected evenly nested lists of int32"


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        ({"instances": 3}, "instances: expected a list of at least one row"),
        ({"instances": []}, "instances: expected a list of at least one row"),
        ({"instances": [1]}, "instances[0]: expected an object with ['label', 'seed'], got int"),
        ({"instances": [{"label": 1}]}, "expected an object with ['label', 'seed'], got ['label']"),
        ({"instances": [{"label": 1, "seed": 2}, 3]}, "instances[1]: expected an object with"),
        ({"instances": [{"label": 1.5, "seed": 2}]}, NESTED),
        ({"instances": [{"label": True, "seed": 2}]}, NESTED),
        ({"instances": [{"label": "1", "seed": 2}]}, NESTED),
        ({"instances": [{"label": None, "seed": 2}]}, NESTED),
        ({"instances": [{"label": {}, "seed": 2}]}, NESTED),
        ({"instances": [{"label": 2**40, "seed": 2}]}, NESTED),
        ({"instances": [{"label": 2**70, "seed": 2}]}, NESTED),
        ({"instances": [{"label": [1], "seed": 2}, {"label": 1, "seed": 2}]}, NESTED),
        ({"inputs": [1]}, "inputs: expected an object with ['label', 'seed'], got list"),
        ({"inputs": {"label": [1]}}, "expected an object with ['label', 'seed'], got ['label']"),
        ({"inputs": {"label": [[1], [2, 3]], "seed": [1]}}, NESTED),
        ({"inputs": {"label": [1, [2]], "seed": [1]}}, NESTED),
    ],
)
def test_inputs_that_do_not_fit_the_signature_are_refused(request_body, message):
    with pytest.raises(RequestError) as caught:
        read(request_body, LABEL_AND_SEED)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message


def test_an_answer_by_row_names_its_outputs_if_there_are_several():
    outputs = {"motion": np.array([[1.5], [2.5]], np.float32), "kept": np.array([3, 4])}

    assert json.loads(write_outputs(outputs, by_row=True)) == {
        "predictions": [{"kept": 3, "motion": [1.5]}, {"kept": 4, "motion": [2.5]}]
    }
    assert json.loads(write_outputs({"kept": outputs["kept"]}, by_row=True)) == {
        "predictions": [3, 4]
    }


def test_an_answer_by_column_names_its_outputs_if_there_are_several():
    outputs = {"motion": np.array([[1.5]], np.float32), "kept": np.array([3])}

    assert json.loads(write_outputs(outputs, by_row=False)) == {
        "outputs": {"motion": [[1.5]], "kept": [3]}
    }
    assert json.loads(write_outputs({"kept": outputs["kept"]}, by_row=False)) == {"outputs": [3]}


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_bytes_become_text(rows):
    text = np.array([b"a\xff", b"longer"][:rows], object)

    assert json.loads(write_outputs({"text": text}, by_row=True)) == {
        "predictions": ["a\ufffd", "longer"][:rows]
    }


@given(arrays.arrays(np.float32, (2, 3), elements=st.floats(width=32, allow_nan=False)))
def test_floats_lose_nothing_on_their_way_through_json(array):
    text = write_outputs({"motion": array}, by_row=True)

    request = {"instances": json.loads(text)["predictions"]}
    np.testing.assert_array_equal(read(request, MOTION)["motion"], array)


def test_floats_have_no_more_digits_than_they_need():
    assert (
        write_outputs({"x": np.array([0.2], np.float32)}, by_row=True) == '{"predictions": [0.2]}'
    )
