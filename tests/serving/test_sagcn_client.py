import concurrent.futures
import json
import subprocess
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from serving.errors import UserError
from serving.request_error import RequestError
from serving.sagcn_client import CLIPS_PER_REQUEST, SagcnClient
from tests.commands import run_python
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion, expected_transition


@pytest.fixture
def client(shared_server):
    with SagcnClient(f"127.0.0.1:{shared_server.port}") as client:
        yield client


class FakeService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers as TensorFlow Serving does, with lists of values, after a number of failures."""

    def __init__(self, failures=0, code=grpc.StatusCode.UNAVAILABLE):
        self.failures, self.code = failures, code
        self.version, self.class_names = 1, closed_form_model.CLASS_NAMES
        self.requests = []

    def Predict(self, request, context):
        self.requests.append(request)
        if self.failures:
            self.failures -= 1
            context.abort(self.code, "on request")
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = self.version
        if request.model_spec.signature_name == "describe":
            text = json.dumps(closed_form_model.DESCRIPTION | {"class_names": self.class_names})
            response.outputs["description"].CopyFrom(tf.make_tensor_proto([text]))
        else:
            label = tf.make_ndarray(request.inputs["label"])
            motion = expected_motion(self.version, label, tf.make_ndarray(request.inputs["seed"]))
            output = response.outputs["motion"]
            output.CopyFrom(tf.make_tensor_proto(motion))
            output.ClearField("tensor_content")
            output.float_val.extend(motion.ravel().tolist())
        return response


@pytest.fixture
def serve():
    """A function that serves a `FakeService` and returns its address."""
    servers = []

    def serve(service, credentials=None):
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, server)
        if credentials is None:
            port = server.add_insecure_port("127.0.0.1:0")
        else:
            port = server.add_secure_port("127.0.0.1:0", credentials)
        server.start()
        servers.append(server)
        return f"127.0.0.1:{port}"

    yield serve
    for server in servers:
        server.stop(None)


def test_motions_of_a_class_by_name_and_by_number(client):
    motion = client.generate("Sitting Down", count=3, seed=7)

    assert motion.dtype == np.float32
    np.testing.assert_array_equal(motion, expected_motion(1, [1] * 3, [7, 8, 9]))
    np.testing.assert_array_equal(motion, client.generate(1, count=3, seed=7))


def test_many_motions_take_several_requests(client):
    count = 2 * CLIPS_PER_REQUEST + 5

    motion = client.generate("eating", count)

    np.testing.assert_array_equal(motion, expected_motion(1, [2] * count, np.arange(count)))
    assert client.classify(motion).argmax(axis=1).tolist() == [2] * count


def test_a_mixture_of_classes(client):
    motion = client.mix({"walking": 0.25, "eating": 0.75}, count=2)

    np.testing.assert_allclose(motion, expected_motion(1, [1.5, 1.5], [0, 1]), rtol=1e-6)


def test_a_transition_from_class_to_class(client):
    motion = client.transition("eating", "walking", count=2, seed=3)

    np.testing.assert_allclose(motion, expected_transition(1, [2, 2], [0, 0], [3, 4]), rtol=1e-6)


def test_attention_comes_with_its_motion(client):
    outputs = client.attend("walking", count=2)

    frames = closed_form_model.FRAMES
    np.testing.assert_array_equal(outputs["motion"], expected_motion(1, [0, 0], [0, 1]))
    np.testing.assert_array_equal(outputs["attention"], [np.eye(frames)] * 2)
    assert outputs["kept"].shape == (2, frames, closed_form_model.KEPT)


def test_the_model_describes_itself(client):
    description = client.describe()

    assert description.class_names == tuple(closed_form_model.CLASS_NAMES)
    assert description.version == 1


def test_a_refusal_has_the_message_of_the_server(client):
    with pytest.raises(RequestError, match="label: expected 0 to 2") as caught:
        client.generate(9)
    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(RequestError, match="weights"):
        client.mix({"walking": 0.5})


def test_bad_arguments_are_refused_before_anything_is_sent(client):
    with pytest.raises(UserError, match="'jumping' is unknown"):
        client.generate("jumping")
    with pytest.raises(ValueError, match="count: expected at least 1, got 0"):
        client.generate("walking", count=0)
    with pytest.raises(ValueError, match="motion: expected at least 1, got 0"):
        client.classify(np.zeros([0, 8, 5, 2]))


def test_a_model_that_describes_something_else_is_named_as_foreign(client, monkeypatch):
    monkeypatch.setattr(client, "_call", lambda signature, inputs: ({"scores": [1.0]}, 1))

    with pytest.raises(UserError, match="is not an export of SA-GCN: bad description"):
        client.describe()


def test_a_version_can_be_asked_for(shared_server):
    with SagcnClient(f"127.0.0.1:{shared_server.port}", version=1) as client:
        assert client.describe().version == 1
    with (
        SagcnClient(f"127.0.0.1:{shared_server.port}", version=7) as client,
        pytest.raises(RequestError, match="NOT_FOUND: model 'sagcn' has no version 7"),
    ):
        client.describe()


def test_lists_of_values_are_understood_as_well(serve):
    with SagcnClient(serve(FakeService())) as client:
        np.testing.assert_array_equal(client.generate("eating"), expected_motion(1, [2], [0]))


def test_a_request_is_retried_while_the_server_is_unavailable(serve):
    service = FakeService(failures=2)

    with SagcnClient(serve(service)) as client:
        client.describe()

    assert len(service.requests) == 3


@pytest.mark.parametrize("code", ["INTERNAL", "RESOURCE_EXHAUSTED", "ABORTED", "NOT_FOUND"])
def test_other_errors_are_not_retried(serve, code):
    service = FakeService(failures=1, code=grpc.StatusCode[code])

    with SagcnClient(serve(service)) as client, pytest.raises(RequestError, match="on request"):
        client.describe()

    assert len(service.requests) == 1


def test_requests_go_in_turn_to_all_addresses_of_a_server(serve):
    services = [FakeService(), FakeService()]
    address = "ipv4:" + ",".join(serve(service) for service in services)

    with SagcnClient(address) as client:
        for seed in range(20):
            client.generate("eating", seed=seed)

    assert all(len(service.requests) > 5 for service in services)


def test_a_version_label_is_sent(serve):
    service = FakeService()
    with SagcnClient(serve(service), version_label="stable") as client:
        client.describe()

    assert service.requests[0].model_spec.version_label == "stable"
    with pytest.raises(ValueError, match="version or version_label, got both"):
        SagcnClient(version=1, version_label="stable")


def test_the_deadline_ends_all_attempts(serve):
    service = FakeService(failures=1000)

    start = time.monotonic()
    with SagcnClient(serve(service), timeout=0.5) as client, pytest.raises(RequestError) as caught:
        client.describe()

    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert time.monotonic() - start < 5
    assert 2 <= len(service.requests) <= 10  # The pauses grow.


def test_classes_that_change_with_the_version_are_noticed(serve):
    service = FakeService()
    with SagcnClient(serve(service)) as client:
        client.generate("eating")
        service.version, service.class_names = 2, ["eating", "walking"]

        motion = client.generate("eating")

    np.testing.assert_array_equal(motion, expected_motion(2, [0], [0]))


class ChangingService(FakeService):
    """After its first answer, it has a version with other classes."""

    def Predict(self, request, context):
        response = super().Predict(request, context)
        self.version, self.class_names = 2, ["eating", "walking"]
        return response


def test_the_command_notices_such_classes_as_well(serve, tmp_path):
    flags = ["--label=Eating", "--count=1", f"--output={tmp_path / 'clip.npz'}"]

    result = run_python("-m", "serving.client", f"--server={serve(ChangingService())}", *flags)

    assert result.returncode == 0, result.stderr
    with np.load(tmp_path / "clip.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], expected_motion(2, [0], [0]))
        assert arrays["label"] == "eating"


def test_a_new_version_with_the_same_classes_costs_no_second_request(serve):
    service = FakeService()
    with SagcnClient(serve(service)) as client:
        client.generate("eating")
        service.version = 2
        client.generate("eating")

    signatures = [request.model_spec.signature_name for request in service.requests]
    assert signatures == ["describe", "generate", "generate", "describe"]


@pytest.fixture
def certificate(tmp_path):
    """A certificate for localhost: (certificate, key), both in PEM format."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        *("openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", key, "-out", certificate),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to create a certificate with")
    return certificate.read_bytes(), key.read_bytes()


def test_with_a_certificate_the_client_uses_tls(serve, certificate):
    pem, key = certificate
    address = serve(FakeService(), grpc.ssl_server_credentials([(key, pem)]))
    address = address.replace("127.0.0.1", "localhost")

    with SagcnClient(address, certificate=pem) as client:
        assert client.describe().unit == "pixel"
    with SagcnClient(address, timeout=0.5) as client, pytest.raises(RequestError):
        client.describe()
