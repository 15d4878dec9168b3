import gc
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    predict_pb2,
    regression_pb2,
)

from tests.serving.closed_form_model import expected_motion
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

AVAILABLE = 30
ONE = np.array([1], np.int32)


@pytest.fixture
def stubs(shared_server):
    stubs = Stubs(shared_server)
    yield stubs
    stubs.channel.close()


def refusal(call, request):
    with pytest.raises(grpc.RpcError) as caught:
        call(request, timeout=TIMEOUT)
    return caught.value.code().name, caught.value.details()


def test_predict_answers_with_the_model_that_answered(stubs):
    response = stubs.predict(request_of())

    np.testing.assert_array_equal(arrays_of(response)["motion"], expected_motion(1, [2], [9]))
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("sagcn", 1, "serving_default")


@pytest.mark.parametrize("outputs", [["kept"], ["kept", "kept"]])
def test_an_output_filter_selects_outputs(stubs, outputs):
    assert set(arrays_of(stubs.predict(request_of("attend")))) == {"motion", "attention", "kept"}
    assert set(arrays_of(stubs.predict(request_of("attend", outputs=outputs)))) == {"kept"}


def test_a_version_is_found_by_its_number(stubs):
    assert stubs.predict(request_of(version=1)).model_spec.version.value == 1


@pytest.mark.parametrize(
    ("request_message", "code", "message"),
    [
        (predict_pb2.PredictRequest(), "NOT_FOUND", "no model ''; this server has: ['sagcn']"),
        (request_of(name="x"), "NOT_FOUND", "no model 'x'; this server has: ['sagcn']"),
        (request_of(version=7), "NOT_FOUND", "model 'sagcn' has no version 7 to serve; loaded: [1"),
        (
            request_of(version_label="x"),
            "FAILED_PRECONDITION",
            "model 'sagcn' has no version label",
        ),
        (request_of("x"), "FAILED_PRECONDITION", "signature 'x' not found; the model has ['attend"),
        (
            request_of(seed=ONE),
            "INVALID_ARGUMENT",
            "inputs: expected ['label', 'seed'], got ['seed']",
        ),
        (request_of(outputs=["x"]), "INVALID_ARGUMENT", "output_filter: 'x' is not one of ['motio"),
        (request_of("x" * 2000), "FAILED_PRECONDITION", "signature 'xxxx"),
    ],
)
def test_a_wrong_request_gets_a_code_and_a_message(stubs, request_message, code, message):
    came_code, came_message = refusal(stubs.prediction.Predict, request_message)

    assert came_code == code
    assert came_message.startswith(message) and len(came_message) <= 1000
    assert stubs.predict(request_of()).model_spec.version.value == 1


@pytest.mark.parametrize(
    ("label", "seed", "message"),
    [
        (np.array([1.0], np.float32), ONE, "label: expected int32 of shape (None,), got float32"),
        (ONE[None], ONE, "label: expected int32 of shape (None,), got int32 of shape (1, 1)"),
        (np.array(1, np.int32), ONE, "expected inputs with the same number of rows, got shapes"),
        (np.array([1, 2], np.int32), ONE, "expected inputs with the same number of rows, got sha"),
        (np.array([3], np.int32), ONE, "assertion failed: [label: expected 0 to 2]"),
        (np.zeros(65, np.int32), np.zeros(65, np.int32), "expected at most 64 rows, got 65"),
        (np.array([1.0]), ONE, "input label: a tensor of type number 2; expected float32, int32"),
    ],
)
def test_wrong_inputs_are_invalid_arguments(stubs, label, seed, message):
    request = request_of("generate")
    request.inputs["label"].CopyFrom(tf.make_tensor_proto(label))
    request.inputs["seed"].CopyFrom(tf.make_tensor_proto(seed))

    code, came = refusal(stubs.prediction.Predict, request)

    assert code == "INVALID_ARGUMENT"
    assert came.startswith(message)


def test_an_oversized_message_is_refused(stubs):
    request = request_of("classify", motion=np.zeros((20_000, 6, 5, 2), np.float32))

    code, message = refusal(stubs.prediction.Predict, request)

    assert code == "RESOURCE_EXHAUSTED"
    assert "larger than max" in message


def test_garbage_bytes_are_refused(stubs):
    send = stubs.channel.unary_unary("/tensorflow.serving.PredictionService/Predict")

    code, message = refusal(send, b"\xff\xff\xff garbage")

    assert code == "INTERNAL" and message.startswith("the request is damaged: ")


@pytest.mark.parametrize(
    "method", ["tensorflow.serving.PredictionService/Predict", "grpc.health.v1.Health/Watch"]
)
def test_calls_with_garbage_leave_nothing_in_memory(stubs, method):
    def calls():
        return sum(type(one).__name__ == "_RPCState" for one in gc.get_objects())

    before = calls()
    for _ in range(20):
        with pytest.raises(grpc.RpcError, match="damaged"):
            list(stubs.channel.unary_stream(f"/{method}")(b"\xff\xff\xff garbage", timeout=60))

    end = time.monotonic() + 10  # The server frees a call after the client has its answer.
    while calls() >= before + 10 and time.monotonic() < end:
        time.sleep(0.1)
        gc.collect()  # some calls are in a circle of references
    assert calls() < before + 10


def test_methods_that_are_missing_are_unimplemented(stubs):
    for method, request in (
        (stubs.prediction.Regress, regression_pb2.RegressionRequest()),
        (stubs.model.HandleReloadConfigRequest, model_management_pb2.ReloadConfigRequest()),
    ):
        assert refusal(method, request)[0] == "UNIMPLEMENTED"


def metadata_request(name, *fields):
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = name
    return request


def test_metadata_are_the_signatures(stubs):
    request = metadata_request("sagcn", "signature_def")

    response = stubs.prediction.GetModelMetadata(request, timeout=TIMEOUT)

    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    assert (response.model_spec.name, response.model_spec.version.value) == ("sagcn", 1)
    assert set(signatures.signature_def["attend"].outputs) == {"motion", "attention", "kept"}


@pytest.mark.parametrize(
    ("request_message", "code", "message"),
    [
        (metadata_request("sagcn"), "INVALID_ARGUMENT", "metadata_field: expected ['signature_def"),
        (metadata_request("sagcn", "x"), "INVALID_ARGUMENT", "metadata_field: expected"),
        (metadata_request("x", "signature_def"), "NOT_FOUND", "no model 'x'"),
    ],
)
def test_a_wrong_request_for_metadata_is_refused(stubs, request_message, code, message):
    came_code, came_message = refusal(stubs.prediction.GetModelMetadata, request_message)

    assert came_code == code
    assert came_message.startswith(message)


def test_the_status_names_each_version(stubs):
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "sagcn"
    (status,) = stubs.model.GetModelStatus(request, timeout=TIMEOUT).model_version_status
    assert (status.version, status.state, status.status.error_code) == (1, AVAILABLE, 0)

    request.model_spec.version.value = 7
    assert refusal(stubs.model.GetModelStatus, request) == (
        "NOT_FOUND",
        "model 'sagcn' has no version 7; known: [1]",
    )


def test_a_value_that_stands_for_many_allocates_nothing(stubs):
    request = request_of("generate")
    request.inputs["label"].tensor_shape.dim[0].size = 2**26
    request.inputs["label"].int_val[:] = [1]
    request.inputs["label"].ClearField("tensor_content")

    code, message = refusal(stubs.prediction.Predict, request)

    assert code == "INVALID_ARGUMENT"
    assert message.startswith("input label: a tensor of shape [67108864]; expected at most 1048576")
