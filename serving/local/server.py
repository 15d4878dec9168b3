"""The local server as a whole: models, gRPC and REST."""

import concurrent.futures
import http.server
import os
import sys
import threading

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from serving.errors import UserError
from serving.local.batcher import Batcher
from serving.local.loaded_model import LoadedModel
from serving.local.model_manager import ModelManager
from serving.local.model_service import ModelService
from serving.local.prediction_service import PredictionService
from serving.local.predictor import DEFAULT_SIGNATURE, Predictor
from serving.local.rest_handler import RestHandler
from serving.local.tensor_messages import read_tensors
from serving.replay import WARM_UP_REQUESTS, read_logs

_SERVICES = ("", "ModelService", "PredictionService")  # as TensorFlow Serving names them
_MOST_CALLS = 256  # Each waits in a thread of its own.


class _RestServer(http.server.ThreadingHTTPServer):
    """Waits for its answers when it is closed, and says nothing of clients that go away."""

    daemon_threads = False

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalServer:
    """A small stand-in for TensorFlow Serving, for laptops and tests.

    Args:
        options: `ServerOptions`.
        report: function that is called with a line of text when something changes.

    Attributes:
        port: of gRPC, once started.
        rest_port: of REST, or None.
    """

    def __init__(self, options, report=lambda line: None):
        self._options, self._report = options, report
        self.port = self.rest_port = None
        self._stopping = threading.Event()
        self._grpc = self._http = self._poller = None
        self._health = health.HealthServicer()
        self._batcher = Batcher(options.batching) if options.batching else None
        self._manager = ModelManager(
            self._load,
            options.max_num_load_retries,
            options.load_retry_interval,
            options.allow_version_labels_for_unavailable_models,
            report,
        )
        self._predictor = Predictor(self._manager, self._batcher)
        self._prediction_service = PredictionService(self._predictor)
        self._model_service = ModelService(self._manager)

    def start(self):
        """Loads the models and opens the ports.

        Raises:
            ServingError: if the configuration is refused or a model cannot be loaded.
            UserError: if a port cannot be opened.
        """
        self._manager.reload(self._options.config)
        self._start_grpc()
        if self._options.rest_port is not None:
            self._start_rest()
        if self._options.poll_seconds > 0:
            self._poller = threading.Thread(target=self._poll, name="versions", daemon=True)
            self._poller.start()

    def stop(self, grace=30.0):
        """Refuses new requests, answers those that run within `grace` seconds, and unloads."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        if self._grpc is not None:
            self._grpc.stop(grace).wait()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        if self._poller is not None:
            self._poller.join()
        if self._batcher is not None:
            self._batcher.close()
        self._manager.close()

    def _load(self, path):
        """Loads a model and runs the requests that it brings along, so that the first is fast."""
        model = LoadedModel(path)
        try:
            if os.path.exists(os.path.join(path, WARM_UP_REQUESTS)):
                for log in read_logs(path):
                    name = log.request.model_spec.signature_name or DEFAULT_SIGNATURE
                    signature = model.signatures[name]
                    inputs = read_tensors(log.request.inputs, signature)
                    model.run(name, list(signature.outputs), inputs)
        except BaseException:
            model.close()
            raise
        return model

    def _start_grpc(self):
        options = self._options
        threads = concurrent.futures.ThreadPoolExecutor(_MOST_CALLS, "call")
        limits = [
            ("grpc.max_receive_message_length", options.max_message_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # or a second server would take half of the requests
        ]
        self._grpc = grpc.server(threads, options=limits)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            self._prediction_service, self._grpc
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(self._model_service, self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        address = f"{options.host}:{options.port}"
        try:
            if options.credentials is None:
                self.port = self._grpc.add_insecure_port(address)
            else:
                self.port = self._grpc.add_secure_port(address, options.credentials)
        except RuntimeError as error:
            raise UserError(f"the gRPC port {address} cannot be opened; is it in use?") from error
        self._grpc.start()
        for service in _SERVICES:
            self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    def _start_rest(self):
        attributes = {
            "predictor": self._predictor,
            "prediction_service": self._prediction_service,
            "model_service": self._model_service,
            "timeout_seconds": self._options.rest_timeout,
            "max_bytes": self._options.max_message_bytes,
        }
        handler = type("BoundRestHandler", (RestHandler,), attributes)
        address = (self._options.host, self._options.rest_port)
        try:
            self._http = _RestServer(address, handler)
        except OSError as error:
            raise UserError(
                f"the REST port {address[0]}:{address[1]} cannot be opened: {error.strerror}"
            ) from error
        self.rest_port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, name="REST", daemon=True).start()

    def _poll(self):
        while not self._stopping.wait(self._options.poll_seconds):
            self._manager.update()
