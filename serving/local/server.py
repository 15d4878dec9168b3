"""The local server: models, gRPC and REST."""

import concurrent.futures
import functools
import http.server
import os
import sys
import threading

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from serving.errors import UserError
from serving.local.batcher import Batcher
from serving.local.grpc_services import GrpcServices
from serving.local.model_manager import ModelManager
from serving.local.model_server import DEFAULT_SIGNATURE, ModelServer
from serving.local.rest_handler import RestHandler
from serving.replay import WARM_UP_REQUESTS, read_arrays, read_logs
from serving.session_model import SessionModel

_MAX_CALLS = 256  # Each call occupies a thread until its batch is done.


class LocalServer:
    """Serves models over gRPC and REST, for laptops and tests.

    Args:
        configs: `ModelConfig`s.
        host: Address to listen on.
        port: Port of gRPC; 0 takes a free one.
        rest_port: Port of REST; 0 takes a free one, None opens none.
        batching: Whether concurrent requests are merged.
        poll_seconds: Pause between two looks for new versions.
        report: Function that is called with a line of text when a version changes.

    Attributes:
        port: Port of gRPC, once started.
        rest_port: Port of REST, once started, or None.
    """

    def __init__(
        self,
        configs,
        host="127.0.0.1",
        port=8500,
        rest_port=8501,
        batching=True,
        poll_seconds=1.0,
        report=lambda line: None,
    ):
        self._host, self.port, self.rest_port = host, port, rest_port
        self._poll_seconds, self._stopping = poll_seconds, threading.Event()
        self._grpc = self._http = self._poller = None
        self._health = health.HealthServicer()  # It says SERVING from the start.
        self._configs = configs
        self._manager = ModelManager(configs, _load, report)
        self._model_server = ModelServer(self._manager, Batcher() if batching else None)

    def start(self):
        """Loads the models and opens the ports.

        Raises:
            UserError: If all newest versions of a model fail to load, or a port cannot be opened.
        """
        self._manager.update()
        for config in self._configs:
            self._check_loaded(config)
        self._start_grpc()
        if self.rest_port is not None:
            self._start_rest()
        self._poller = threading.Thread(target=self._poll, name="versions", daemon=True)
        self._poller.start()

    def stop(self, grace=30.0):
        """Refuses new requests and waits up to `grace` seconds for those that run."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        if self._grpc is not None:
            self._grpc.stop(grace).wait()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        if self._poller is not None:
            self._poller.join()

    def _check_loaded(self, config):
        versions = self._manager.status(config.name)
        errors = [f"version {number}: {one.error}" for number, one in versions.items()]
        if errors and not any(version.model for version in versions.values()):
            raise UserError(f"model {config.name!r} cannot be served: {'; '.join(errors)}")

    def _start_grpc(self):
        threads = concurrent.futures.ThreadPoolExecutor(_MAX_CALLS, "call")
        options = [
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # otherwise a second server would get half of the requests
        ]
        self._grpc = grpc.server(threads, options=options)
        services = GrpcServices(self._model_server)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(services, self._grpc)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(services, self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        address = f"{self._host}:{self.port}"
        try:
            self.port = self._grpc.add_insecure_port(address)
        except RuntimeError as error:
            raise UserError(f"the gRPC port {address} cannot be opened; is it in use?") from error
        self._grpc.start()

    def _start_rest(self):
        address = (self._host, self.rest_port)
        try:
            self._http = _RestServer(address, functools.partial(RestHandler, self._model_server))
        except OSError as error:
            raise UserError(
                f"the REST port {self._host}:{self.rest_port} cannot be opened: {error.strerror}"
            ) from error
        self.rest_port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, name="REST", daemon=True).start()

    def _poll(self):
        while not self._stopping.wait(self._poll_seconds):
            self._manager.update()


class _RestServer(http.server.ThreadingHTTPServer):
    """Waits for running requests when it is closed, and ignores clients that disconnect."""

    daemon_threads = False

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _load(path):
    """Loads a model and runs its warm-up requests, so that the first client does not wait."""
    model = SessionModel(path)
    if os.path.exists(os.path.join(path, WARM_UP_REQUESTS)):
        for log in read_logs(path):
            name = log.request.model_spec.signature_name or DEFAULT_SIGNATURE
            model.run(name, read_arrays(log.request.inputs))
    return model
