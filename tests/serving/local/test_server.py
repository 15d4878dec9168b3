import grpc
import numpy as np
import pytest
import tensorflow as tf
from grpc_health.v1 import health_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    predict_pb2,
    regression_pb2,
)

from serving.errors import UserError
from serving.local.serving_error import ServingError
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

AVAILABLE, END = 30, 50


@pytest.fixture
def connect():
    """A function that returns the `Stubs` of a server."""
    opened = []

    def connect(server):
        opened.append(Stubs(server))
        return opened[-1]

    yield connect
    for stubs in opened:
        stubs.channel.close()


@pytest.fixture
def stubs(shared_server, connect):
    return connect(shared_server)


def refusal(call, request):
    with pytest.raises(grpc.RpcError) as caught:
        call(request, timeout=TIMEOUT)
    return caught.value.code().name, caught.value.details()


def test_predict_answers_with_the_model_that_answered(stubs):
    response = stubs.predict(request_of())

    np.testing.assert_array_equal(arrays_of(response)["motion"], expected_motion(1, [2], [9]))
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("sagcn", 1, "serving_default")


def test_an_output_filter_picks_outputs(stubs):
    assert set(arrays_of(stubs.predict(request_of("attend")))) == {"motion", "attention", "kept"}
    assert set(arrays_of(stubs.predict(request_of("attend", outputs=["kept"])))) == {"kept"}


def test_a_version_is_found_by_number_and_by_label(stubs):
    for request in (request_of(version=1), request_of(version_label="stable")):
        assert stubs.predict(request).model_spec.version.value == 1


INT = np.array([1], np.int32)


@pytest.mark.parametrize(
    ("request_message", "code", "message"),
    [
        (predict_pb2.PredictRequest(), "INVALID_ARGUMENT", "Missing ModelSpec"),
        (request_of(name=""), "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        (request_of(name="x"), "NOT_FOUND", "Servable not found for request: Latest(x)"),
        (request_of(version=7), "NOT_FOUND", "Servable not found for request: Specific(sagcn, 7)"),
        (
            request_of(version_label="x"),
            "INVALID_ARGUMENT",
            "Unrecognized servable version label",
        ),
        (request_of("x"), "FAILED_PRECONDITION", 'Serving signature key "x" not found.'),
        (request_of(seed=INT), "INVALID_ARGUMENT", "input size does not match signature: 1!=2"),
        (
            request_of(seeds=INT, labels=INT),
            "INVALID_ARGUMENT",
            "Signature input alias: label(feed name: serving_default_label:0) not found",
        ),
        (request_of(outputs=["x"]), "INVALID_ARGUMENT", "output tensor alias not found in signa"),
        (request_of(outputs=["motion"] * 2), "INVALID_ARGUMENT", "duplicate output tensor alias"),
    ],
)
def test_a_wrong_request_gets_the_code_and_message_of_tensorflow_serving(
    stubs, request_message, code, message
):
    came_code, came_message = refusal(stubs.prediction.Predict, request_message)

    assert came_code == code
    assert came_message.startswith(message)
    assert stubs.predict(request_of()).model_spec.version.value == 1


@pytest.mark.parametrize(
    ("label", "seed", "message"),
    [
        (
            np.array([1.0], np.float32),
            INT,
            "Type mismatch: actual float vs. expect int32: inp",
        ),
        (
            np.array([[1]], np.int32),
            INT,
            "Shape mismatch: actual [1,1] vs. expect [?]: input label",
        ),
        (np.array(1, np.int32), INT, "Shape mismatch: actual [] vs. expect [?]: input label"),
        (np.array([1, 2], np.int32), INT, "Batching Run() input tensors must have equal"),
        (np.array([3], np.int32), INT, "assertion failed: [label: expected 0 to 2]"),
        (np.zeros(1001, np.int32), np.zeros(1001, np.int32), "Task size 1001 is larger than"),
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
    request = request_of("classify", motion=np.zeros((500, 6, 5, 2), np.float32))

    code, message = refusal(stubs.prediction.Predict, request)

    assert code == "RESOURCE_EXHAUSTED"
    assert "larger than max" in message


def test_garbage_bytes_are_refused(stubs):
    send = stubs.channel.unary_unary("/tensorflow.serving.PredictionService/Predict")

    assert refusal(send, b"\xff\xff\xff garbage")[0] == "INTERNAL"


def test_a_method_that_is_not_there_says_so(stubs):
    code, _ = refusal(stubs.prediction.Regress, regression_pb2.RegressionRequest())

    assert code == "UNIMPLEMENTED"


def test_metadata_are_the_signatures(stubs):
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "sagcn"

    response = stubs.prediction.GetModelMetadata(request, timeout=TIMEOUT)

    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    assert response.model_spec.version.value == 1
    assert set(signatures.signature_def["attend"].outputs) == {"motion", "attention", "kept"}


@pytest.mark.parametrize(
    ("name", "fields", "code", "message"),
    [
        ("sagcn", [], "INVALID_ARGUMENT", "GetModelMetadataRequest must specify at least one meta"),
        ("sagcn", ["x"], "INVALID_ARGUMENT", "Metadata field x is not supported"),
        ("x", ["signature_def"], "NOT_FOUND", "Servable not found for request: Latest(x)"),
        (None, ["signature_def"], "INVALID_ARGUMENT", "Missing ModelSpec"),
    ],
)
def test_a_wrong_request_for_metadata_is_refused(stubs, name, fields, code, message):
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
    if name is not None:
        request.model_spec.name = name

    came_code, came_message = refusal(stubs.prediction.GetModelMetadata, request)

    assert came_code == code
    assert came_message.startswith(message)


def test_the_status_names_each_version(stubs):
    request = get_model_status_pb2.GetModelStatusRequest()
    assert refusal(stubs.model.GetModelStatus, request) == ("INVALID_ARGUMENT", "Missing ModelSpec")

    request.model_spec.name = "sagcn"
    (status,) = stubs.model.GetModelStatus(request, timeout=TIMEOUT).model_version_status
    assert (status.version, status.state, status.status.error_code) == (1, AVAILABLE, 0)

    request.model_spec.version.value = 7
    assert refusal(stubs.model.GetModelStatus, request) == (
        "NOT_FOUND",
        "Could not find version 7 of model sagcn",
    )


@pytest.mark.parametrize("service", ["", "PredictionService", "ModelService"])
def test_the_health_check_says_that_it_serves(stubs, service):
    request = health_pb2.HealthCheckRequest(service=service)

    response = stubs.health.Check(request, timeout=TIMEOUT)

    assert response.status == health_pb2.HealthCheckResponse.SERVING


def test_a_configuration_is_reloaded_on_request(start_server, publish, connect, tmp_path):
    server = start_server(publish(tmp_path / "sagcn", 1, 2))
    stubs = connect(server)
    request = model_management_pb2.ReloadConfigRequest()
    model = request.config.model_config_list.config.add(
        name="sagcn", base_path=str(tmp_path / "sagcn"), model_platform="tensorflow"
    )
    model.model_version_policy.specific.versions.extend([1, 2])
    stubs.model.HandleReloadConfigRequest(request, timeout=TIMEOUT)
    model.version_labels["canary"] = 2
    stubs.model.HandleReloadConfigRequest(request, timeout=TIMEOUT)

    assert stubs.predict(request_of(version=1)).model_spec.version.value == 1
    assert stubs.predict(request_of(version_label="canary")).model_spec.version.value == 2

    model.version_labels["stable"] = 7
    code, _ = refusal(stubs.model.HandleReloadConfigRequest, request)
    assert code == "FAILED_PRECONDITION"
    empty = model_management_pb2.ReloadConfigRequest()
    code, message = refusal(stubs.model.HandleReloadConfigRequest, empty)
    assert code == "INVALID_ARGUMENT"
    assert message.startswith("ServerModelConfig type not supported")


def test_warmup_requests_that_fail_keep_a_version_from_being_served(
    start_server, publish, exports, tmp_path
):
    from tensorflow_serving.apis import prediction_log_pb2

    base_path = publish(tmp_path / "sagcn", 1)
    extra = base_path / "1" / "assets.extra"
    extra.mkdir()
    log = prediction_log_pb2.PredictionLog()
    log.predict_log.request.CopyFrom(request_of(label=np.array([9], np.int32), seed=INT))
    with tf.io.TFRecordWriter(str(extra / "tf_serving_warmup_requests")) as writer:
        writer.write(log.SerializeToString())

    with pytest.raises(ServingError, match="did not become available.*label: expected 0 to 2"):
        start_server(base_path)


def test_a_port_in_use_is_named(start_server, shared_server, exports):
    with pytest.raises(UserError, match=f"gRPC port 127.0.0.1:{shared_server.port} cannot be"):
        start_server(exports[1].parent, port=shared_server.port)
    with pytest.raises(UserError, match=f"REST port 127.0.0.1:{shared_server.rest_port} cannot"):
        start_server(exports[1].parent, rest_port=shared_server.rest_port)


def test_without_batching_the_answers_are_the_same(start_server, publish, connect, tmp_path):
    stubs = connect(start_server(publish(tmp_path / "sagcn", 1), batching=None))

    response = stubs.predict(request_of())

    np.testing.assert_array_equal(arrays_of(response)["motion"], expected_motion(1, [2], [9]))
    text = arrays_of(stubs.predict(request_of("describe", request=INT)))["description"]
    assert closed_form_model.DESCRIPTION["dataset"].encode() in text[0]
