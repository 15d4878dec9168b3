import socket
import threading

import numpy as np
import pytest
import tensorflow as tf
from grpc_health.v1 import health_pb2
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from serving.errors import UserError
from serving.local.batcher import Batcher
from serving.local.server import LocalServer
from serving.session_model import SessionModel
from tests.commands import assert_answered_at_once, run_command
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

ONE = np.array([1], np.int32)


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


def test_the_health_check_says_that_it_serves(shared_server, connect):
    response = connect(shared_server).health.Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)

    assert response.status == health_pb2.HealthCheckResponse.SERVING


@pytest.fixture
def with_warm_up(publish, tmp_path):
    """A function that publishes version 1 with a warm-up request for a label."""

    def with_warm_up(label):
        base_path = publish(tmp_path / "sagcn", 1)
        log = PredictionLog()
        request = request_of(label=label, seed=ONE)
        log.predict_log.request.CopyFrom(request)
        (base_path / "1" / "assets.extra").mkdir()
        path = base_path / "1" / "assets.extra" / "tf_serving_warmup_requests"
        with tf.io.TFRecordWriter(str(path)) as writer:
            writer.write(log.SerializeToString())
        return base_path

    return with_warm_up


def test_warm_up_requests_run_before_the_first_client(start_server, with_warm_up, monkeypatch):
    asked, run = [], SessionModel.run

    def watch(model, signature, inputs):
        asked.append((signature, inputs["label"].tolist()))
        return run(model, signature, inputs)

    monkeypatch.setattr(SessionModel, "run", watch)
    start_server(with_warm_up(ONE))

    assert asked == [("serving_default", [1])]


def test_a_version_whose_warm_up_requests_fail_is_not_served(start_server, with_warm_up):
    with pytest.raises(
        UserError, match="model 'sagcn' cannot be served: version 1: .*label: expected 0 to 2"
    ):
        start_server(with_warm_up(np.array([9], np.int32)))


@pytest.mark.parametrize("batching", [True, False])
def test_requests_are_merged_only_with_batching(
    start_server, publish, connect, tmp_path, monkeypatch, batching
):
    merged, run = [], Batcher.run

    def watch(batcher, kind, function, inputs):
        merged.append(kind[1])
        return run(batcher, kind, function, inputs)

    monkeypatch.setattr(Batcher, "run", watch)
    stubs = connect(start_server(publish(tmp_path / "sagcn", 1), batching=batching))

    response = stubs.predict(request_of())
    text = arrays_of(stubs.predict(request_of("describe", request=ONE)))["description"]

    np.testing.assert_array_equal(arrays_of(response)["motion"], expected_motion(1, [2], [9]))
    assert closed_form_model.DESCRIPTION["dataset"].encode() in text[0]
    assert merged == (["serving_default", "describe"] if batching else [])


def test_stopping_waits_for_requests_that_run(
    start_server, publish, connect, tmp_path, monkeypatch
):
    started, go_on, run = threading.Event(), threading.Event(), SessionModel.run

    def run_slowly(model, signature, inputs):
        started.set()
        assert go_on.wait(TIMEOUT)
        return run(model, signature, inputs)

    monkeypatch.setattr(SessionModel, "run", run_slowly)
    server = start_server(publish(tmp_path / "sagcn", 1))
    call = connect(server).prediction.Predict.future(request_of(), timeout=TIMEOUT)
    assert started.wait(TIMEOUT)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    go_on.set()
    stopping.join(TIMEOUT)

    np.testing.assert_array_equal(arrays_of(call.result())["motion"], expected_motion(1, [2], [9]))


@pytest.fixture
def used():
    """A port that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def open_ports(port, rest_port=None):
    return LocalServer(list, port=port, rest_port=rest_port)


def test_a_port_in_use_is_named(used):
    with pytest.raises(UserError, match=f"gRPC port 127.0.0.1:{used} cannot .* another --port"):
        open_ports(used)
    with pytest.raises(UserError, match=f"REST port 127.0.0.1:{used} cannot.* --rest_api_port"):
        open_ports(0, rest_port=used)


def test_a_second_server_on_the_same_ports_is_refused():
    first = open_ports(0)

    with pytest.raises(UserError, match="gRPC port"):
        open_ports(first.port)


def test_a_port_in_use_is_found_before_anything_slow(used, tmp_path):
    flags = [f"--model_base_path={tmp_path}", f"--port={used}", "--rest_api_port=0"]
    message = f"error: the gRPC port 127.0.0.1:{used} cannot be opened"

    assert_answered_at_once(run_command("serving.local_server", *flags), message)
