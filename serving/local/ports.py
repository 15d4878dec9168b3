"""The ports of the local server. They are opened first, as imports and models take seconds."""

import concurrent.futures
import http.server
import sys

import grpc

from serving.errors import UserError
from serving.local.request_parser import RequestParser

_MAX_CALLS = 256  # Each call occupies a thread until its batch is done.


class Ports:
    """Opens the ports; connections wait until the servers start.

    Args:
        host: Address to listen on.
        port: Port of gRPC; 0 takes a free one.
        rest_port: Port of REST; 0 takes a free one, None opens none.

    Attributes:
        grpc_server: `grpc.Server`, not started.
        rest_server: `http.server.HTTPServer` without a handler, or None.
        port: Port of gRPC.
        rest_port: Port of REST, or None.

    Raises:
        UserError: If a port cannot be opened.
    """

    def __init__(self, host="127.0.0.1", port=8500, rest_port=8501):
        self.rest_server, self.rest_port = None, None
        threads = concurrent.futures.ThreadPoolExecutor(_MAX_CALLS, "call")
        options = [
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # otherwise a second server would get half of the requests
        ]
        self.grpc_server = grpc.server(threads, interceptors=[RequestParser()], options=options)
        try:
            self.port = self.grpc_server.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise UserError(
                f"the gRPC port {host}:{port} cannot be opened; is it in use? Choose another --port"
            ) from error
        if rest_port is not None:
            self._open_rest(host, rest_port)

    def _open_rest(self, host, rest_port):
        try:
            self.rest_server = _RestServer((host, rest_port), None)
        except OSError as error:
            raise UserError(
                f"the REST port {host}:{rest_port} cannot be opened: {error.strerror}. Choose "
                "another --rest_api_port"
            ) from error
        self.rest_port = self.rest_server.server_address[1]


class _RestServer(http.server.ThreadingHTTPServer):
    """Waits for running requests when it is closed, and ignores clients that disconnect."""

    daemon_threads = False

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
