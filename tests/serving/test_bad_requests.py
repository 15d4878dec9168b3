"""Random invalid requests: each gets its code, and the next request its answer."""

import contextlib
import gzip
import json
import re
import socket
import threading
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.session_model import SessionModel
from tests.serving.closed_form_model import CLASS_NAMES, expected_motion
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

PREDICT = "/tensorflow.serving.PredictionService/Predict"
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
WRONG_TYPES = [np.float32, np.float64, np.int64, np.int16, np.uint8, np.bool_, np.complex64]


@pytest.fixture(scope="module")
def stubs(shared_server):
    stubs = Stubs(shared_server)
    yield stubs
    stubs.channel.close()


def check_that_it_still_answers(stubs):
    motion = arrays_of(stubs.predict(request_of("generate")))["motion"]
    np.testing.assert_array_equal(motion, expected_motion(1, [2], [9]))


def change_type(draw, request):
    dtype = draw(st.sampled_from(WRONG_TYPES))
    request.inputs["label"].CopyFrom(tf.make_tensor_proto(np.ones(1, dtype)))
    return "INVALID_ARGUMENT", "label"


def change_shape(draw, request):
    shape = draw(st.lists(st.integers(0, 3), max_size=4).filter(lambda shape: len(shape) != 1))
    request.inputs["seed"].CopyFrom(tf.make_tensor_proto(np.zeros(shape, np.int32)))
    return "INVALID_ARGUMENT", "seed"


def change_rows(draw, request):
    rows = draw(st.integers(0, 9).filter(lambda rows: rows != 1))
    request.inputs["seed"].CopyFrom(tf.make_tensor_proto(np.zeros(rows, np.int32)))
    return "INVALID_ARGUMENT", "the same number of rows"


def change_label(draw, request):
    wrong = st.integers(-(2**31), -1) | st.integers(len(CLASS_NAMES), 2**31 - 1)
    label = np.array([draw(wrong)], np.int32)
    request.inputs["label"].CopyFrom(tf.make_tensor_proto(label))
    return "INVALID_ARGUMENT", f"label: expected 0 to {len(CLASS_NAMES) - 1}"


def rename_input(draw, request):
    name = draw(NAMES.filter(lambda name: name not in ("label", "seed")))
    request.inputs[name].CopyFrom(request.inputs["label"])
    del request.inputs["label"]
    return "INVALID_ARGUMENT", "label"


def add_input(draw, request):
    name = draw(NAMES.filter(lambda name: name not in ("label", "seed")))
    request.inputs[name].CopyFrom(request.inputs["label"])
    return "INVALID_ARGUMENT", "inputs: expected ['label', 'seed'], got"


def change_model(draw, request):
    request.model_spec.name = draw(NAMES.filter(lambda name: name != "sagcn"))
    return "NOT_FOUND", "no model"


def change_version(draw, request):
    number = draw(st.integers(-(2**63), 2**63 - 1).filter(lambda number: number != 1))
    request.model_spec.version.value = number
    return "NOT_FOUND", f"model 'sagcn' has no version {number}"


def change_version_label(draw, request):
    request.model_spec.version_label = draw(NAMES)
    return "FAILED_PRECONDITION", "has no version label"


def change_signature(draw, request):
    known = ("generate", "mix", "transition", "attend", "classify", "describe", "serving_default")
    request.model_spec.signature_name = draw(NAMES.filter(lambda name: name not in known))
    return "FAILED_PRECONDITION", "not found; the model has"


def change_output(draw, request):
    request.output_filter.append(draw(NAMES.filter(lambda name: name != "motion")))
    return "INVALID_ARGUMENT", "is not one of ['motion']"


def damage_tensor(draw, request):
    content = draw(st.binary(min_size=1, max_size=9).filter(lambda content: len(content) != 4))
    request.inputs["label"].tensor_content = content
    return "INVALID_ARGUMENT", "input label: "


def exceed_message_size(draw, request):
    rows = draw(st.integers(1_100_000, 1_200_000))
    request.inputs["label"].CopyFrom(tf.make_tensor_proto(np.zeros(rows, np.int32)))
    return "RESOURCE_EXHAUSTED", "larger than max"


DEFECTS = [
    *(change_type, change_shape, change_rows, change_label, rename_input, add_input),
    *(change_model, change_version, change_version_label, change_signature, change_output),
    *(damage_tensor, exceed_message_size),
]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), defect=st.sampled_from(DEFECTS))
def test_what_is_wrong_at_random_gets_its_code_and_a_message_that_helps(stubs, data, defect):
    request = request_of("generate")
    code, message = defect(data.draw, request)

    with pytest.raises(grpc.RpcError) as caught:
        stubs.predict(request)

    assert caught.value.code().name == code
    assert message in caught.value.details()
    check_that_it_still_answers(stubs)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60))
def test_bytes_at_random_never_bring_the_server_down(stubs, content):
    send = stubs.channel.unary_unary(PREDICT)

    with pytest.raises(grpc.RpcError) as caught:
        send(content, timeout=TIMEOUT)

    # Bytes that are no message at all; or a message, be it empty, that asks for nothing known.
    assert caught.value.code().name in ("INTERNAL", "INVALID_ARGUMENT", "NOT_FOUND")
    check_that_it_still_answers(stubs)


ROW = {"label": 2, "seed": 9}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["x", "\ud800"]),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.sampled_from(["label", "seed", "b64"]), values)
    ),
    max_leaves=6,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "instances": VALUES | st.just([ROW]) | st.lists(VALUES | st.just(ROW), max_size=3),
        "inputs": VALUES,
        "signature_name": st.sampled_from(["attend", "describe", "\ud800", "\0", "x", 3]),
    },
)
PATHS = ["/v1/models/sagcn:predict"] * 5 + ["/v1/models/%ff%00", "http://[", "/../etc", "*"]
EXPECTED = {200, 400, 404, 413, 414, 431, 501, 505}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["POST"] * 5 + ["GET", "OPTIONS", "PUT", "\0"]),
    st.sampled_from(PATHS),
    BODIES | st.binary(max_size=60),
    st.sampled_from([lambda body: body, gzip.compress]),
    st.integers(-3, 3),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=3),
)
def test_rest_requests_at_random_get_a_status_and_the_next_its_answer(
    stubs, shared_server, method, path, body, encode, error, mutations
):
    content = encode(body if isinstance(body, bytes) else json.dumps(body).encode())
    encoding = "Content-Encoding: gzip\r\n" if encode is gzip.compress else ""
    head = f"{method} {path} HTTP/1.1\r\n{encoding}Content-Length: {len(content) + error}\r\n\r\n"
    raw = bytearray(head.encode() + content)
    for place, new in mutations:
        raw[place : place + len(new)] = new

    with socket.create_connection(("127.0.0.1", shared_server.rest_port), TIMEOUT) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream, contextlib.suppress(ConnectionError):
            answer = stream.read()
            status = re.match(rb"HTTP/1.1 (\d+) ", answer)
            assert int(status[1]) in EXPECTED if answer else not raw.split(b"\n")[0].strip()
    check_that_it_still_answers(stubs)


def test_an_unknown_method_is_unimplemented(stubs):
    send = stubs.channel.unary_unary("/tensorflow.serving.PredictionService/Predicted")

    with pytest.raises(grpc.RpcError) as caught:
        send(b"", timeout=TIMEOUT)

    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.fixture
def held(monkeypatch):
    """An event that all runs of models wait for."""
    go_on, run = threading.Event(), SessionModel.run

    def wait_and_run(model, signature, inputs):
        assert go_on.wait(TIMEOUT)
        return run(model, signature, inputs)

    monkeypatch.setattr(SessionModel, "run", wait_and_run)
    yield go_on
    go_on.set()


def test_an_expired_call_ends_in_time_and_the_next_is_answered(stubs, held):
    start = time.monotonic()
    with pytest.raises(grpc.RpcError) as caught:
        stubs.prediction.Predict(request_of("generate"), timeout=0.2)

    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - start < 4
    held.set()
    check_that_it_still_answers(stubs)


def test_a_canceled_call_ends_and_the_next_is_answered(stubs, held):
    call = stubs.prediction.Predict.future(request_of("generate"), timeout=TIMEOUT)
    time.sleep(0.2)

    assert call.cancel()
    assert call.code() == grpc.StatusCode.CANCELLED
    held.set()
    check_that_it_still_answers(stubs)
