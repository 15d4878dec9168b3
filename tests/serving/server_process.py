"""The local server in its own process, as a user starts it."""

import signal
import socket
import subprocess
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.commands import ROOT


def free_port():
    """Returns a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """A running `python -m serving.local_server` on a free port.

    Attributes:
        port: Port of gRPC.
        process: `subprocess.Popen`.
    """

    def __init__(self, *arguments, port=None):
        self.port = free_port() if port is None else port
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "serving.local_server"),
                *(f"--port={self.port}", "--rest_api_port=0", *arguments),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait_until_it_serves(self):
        """Waits until the health check says SERVING; returns the process itself."""
        with grpc.insecure_channel(f"localhost:{self.port}") as channel:
            check = health_pb2_grpc.HealthStub(channel).Check
            answer = check(health_pb2.HealthCheckRequest(), timeout=120, wait_for_ready=True)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        return self

    def stop(self):
        """Sends SIGTERM; returns the exit status and what the server printed."""
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, output

    def kill(self):
        """Sends SIGKILL."""
        self.process.kill()
        self.process.communicate(timeout=60)
