"""The local server: its ports, models, gRPC and REST."""

import concurrent.futures
import functools
import http.server
import os
import sys
import threading

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from serving.errors import UserError
from serving.local.batcher import Batcher
from serving.local.model_manager import ModelManager
from serving.local.request_parser import RequestParser
from serving.quiet_import import import_tensorflow
from serving.replay import DEFAULT_SIGNATURE, WARM_UP_REQUESTS, read_arrays, read_logs
from serving.session_model import SessionModel

_MAX_CALLS = 256  # Each call occupies a thread until its batch is done.
_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),  # otherwise a second server would get half of the requests
]


class LocalServer:
    """Serves models over gRPC and REST, for laptops and tests.

    It opens its ports at once, as imports and models take seconds; connections wait until `start`.

    Args:
        read_configs: Function that returns `ModelConfig`s. It is called again at each look for new
            versions; versions and labels follow it.
        host: Address to listen on.
        port: Port of gRPC; 0 takes a free one.
        rest_port: Port of REST; 0 takes a free one, None opens none.
        batching: Whether concurrent requests are merged.
        cors: Whether web pages of other origins may read the answers of REST.
        poll_seconds: Pause between two looks for new versions.
        report: Function that is called with a line of text when a version changes.

    Attributes:
        port: Port of gRPC.
        rest_port: Port of REST, or None.

    Raises:
        UserError: If a port cannot be opened, or `read_configs` fails.
    """

    def __init__(
        self,
        read_configs,
        host="127.0.0.1",
        port=8500,
        rest_port=8501,
        batching=True,
        cors=False,
        poll_seconds=1.0,
        report=lambda line: None,
    ):
        self._grpc, self.port = _open_grpc(host, port)
        self._http = None if rest_port is None else _open_rest(host, rest_port)
        self.rest_port = self._http and self._http.server_address[1]
        self._read_configs, self._configs, self._report = read_configs, read_configs(), report
        self._batcher, self._cors = Batcher() if batching else None, cors
        self._poll_seconds, self._stopping = poll_seconds, threading.Event()
        self._health = health.HealthServicer()  # It says SERVING from the start.
        self._manager = ModelManager(self._configs, _load, report)
        self._threads = []

    def start(self):
        """Loads the models and starts to answer.

        Raises:
            UserError: If all newest versions of a model fail to load.
        """
        import_tensorflow()  # before those that import it
        from serving.local.grpc_services import GrpcServices
        from serving.local.model_server import ModelServer
        from serving.local.rest_handler import RestHandler

        self._manager.update()
        for config in self._configs:
            self._check_loaded(config)
        model_server = ModelServer(self._manager, self._batcher)
        GrpcServices(model_server).add_to(self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        self._grpc.start()
        loops = {"versions": self._poll}
        if self._http:
            handler = functools.partial(RestHandler, model_server, self._cors)
            self._http.RequestHandlerClass = handler
            loops["REST"] = self._http.serve_forever
        for name, loop in loops.items():
            self._threads.append(threading.Thread(target=loop, name=name, daemon=True))
            self._threads[-1].start()

    def stop(self, grace=30.0):
        """Refuses new requests and waits up to `grace` seconds for those that run."""
        self._stopping.set()
        self._health.enter_graceful_shutdown()
        self._grpc.stop(grace).wait()
        if self._http:
            if self._threads:
                self._http.shutdown()
            self._http.server_close()
        for thread in self._threads:
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


class _RestServer(http.server.ThreadingHTTPServer):
    """Waits for running requests when it is closed, and ignores clients that disconnect."""

    daemon_threads = False

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _open_grpc(host, port):
    threads = concurrent.futures.ThreadPoolExecutor(_MAX_CALLS, "call")
    server = grpc.server(threads, interceptors=[RequestParser()], options=_OPTIONS)
    try:
        return server, server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise UserError(
            f"the gRPC port {host}:{port} cannot be opened; is it in use? Choose another --port"
        ) from error


def _open_rest(host, port):
    try:
        return _RestServer((host, port), None)
    except OSError as error:
        raise UserError(
            f"the REST port {host}:{port} cannot be opened: {error.strerror}. Choose another "
            "--rest_api_port"
        ) from error


def _load(path):
    """Loads a model and runs its warm-up requests, so that the first client does not wait."""
    model = SessionModel(path)
    if os.path.exists(os.path.join(path, WARM_UP_REQUESTS)):
        for log in read_logs(path):
            name = log.request.model_spec.signature_name or DEFAULT_SIGNATURE
            model.run(name, read_arrays(log.request.inputs))
    return model
