"""The local server: models, gRPC and REST."""

import functools
import os
import threading

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


class LocalServer:
    """Serves models over gRPC and REST, for laptops and tests.

    Args:
        read_configs: Function that returns `ModelConfig`s. It is called again at each look for new
            versions; versions and labels follow it.
        ports: `Ports`, which it closes in the end.
        batching: Whether concurrent requests are merged.
        cors: Whether web pages of other origins may read the answers of REST.
        poll_seconds: Pause between two looks for new versions.
        report: Function that is called with a line of text when a version changes.
    """

    def __init__(
        self,
        read_configs,
        ports,
        batching=True,
        cors=False,
        poll_seconds=1.0,
        report=lambda line: None,
    ):
        self._read_configs, self._configs, self._report = read_configs, read_configs(), report
        self.port, self.rest_port = ports.port, ports.rest_port
        self._grpc, self._http = ports.grpc_server, ports.rest_server
        self._poll_seconds, self._stopping = poll_seconds, threading.Event()
        self._health = health.HealthServicer()  # It says SERVING from the start.
        self._manager = ModelManager(self._configs, _load, report)
        self._model_server = ModelServer(self._manager, Batcher() if batching else None)
        self._threads = [threading.Thread(target=self._poll, name="versions", daemon=True)]
        if self._http:
            self._http.RequestHandlerClass = functools.partial(
                RestHandler, self._model_server, cors
            )
            serve = self._http.serve_forever
            self._threads.append(threading.Thread(target=serve, name="REST", daemon=True))

    def start(self):
        """Loads the models and starts to answer.

        Raises:
            UserError: If all newest versions of a model fail to load.
        """
        self._manager.update()
        for config in self._configs:
            self._check_loaded(config)
        services = GrpcServices(self._model_server)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(services, self._grpc)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(services, self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        self._grpc.start()
        for thread in self._threads:
            thread.start()

    def stop(self, grace=30.0):
        """Refuses new requests and waits up to `grace` seconds for those that run."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        self._grpc.stop(grace).wait()
        started = [thread for thread in self._threads if thread.is_alive()]
        if self._http:
            if started:
                self._http.shutdown()
            self._http.server_close()
        for thread in started:
            thread.join()

    def _check_loaded(self, config):
        versions = self._manager.status(config.name)
        errors = [f"version {number}: {one.error}" for number, one in versions.items()]
        if not errors:
            folder = os.path.join(config.base_path, "1")
            self._report(f"{config.name}: no versions yet; waiting for a folder such as {folder}")
        elif not any(version.model for version in versions.values()):
            raise UserError(f"model {config.name!r} cannot be served: {'; '.join(errors)}")

    def _poll(self):
        complaint = None
        while not self._stopping.wait(self._poll_seconds):
            try:
                self._manager.update(self._read_configs())
                complaint = None
            except UserError as error:
                self._manager.update()
                if str(error) != complaint:
                    self._report(f"what was read before stays: {error}")
                complaint = str(error)


def _load(path):
    """Loads a model and runs its warm-up requests, so that the first client does not wait."""
    model = SessionModel(path)
    if os.path.exists(os.path.join(path, WARM_UP_REQUESTS)):
        for log in read_logs(path):
            name = log.request.model_spec.signature_name or DEFAULT_SIGNATURE
            model.run(name, read_arrays(log.request.inputs))
    return model
