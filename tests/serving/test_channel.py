import socket
import threading

import grpc
import numpy as np
import pytest

from serving.channel import is_local, proxy_hint
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient
from tests.serving.closed_form_model import expected_motion


@pytest.mark.parametrize(
    ("server", "local"),
    [
        *(("localhost:8500", True), ("LOCALHOST:8500", True), ("localhost.:1", True)),
        *(("127.0.0.1:8500", True), ("127.8.8.8", True), ("0.0.0.0:8500", True)),
        *(("[::1]:8500", True), ("ipv6:[::1]:8500", True), ("ipv4:127.0.0.1:8500", True)),
        *(("dns:///localhost:8500", True), ("dns:localhost:1", True)),
        *(("dns://8.8.8.8/localhost:8500", True), ("models.localhost:8500", True)),
        *(("10.0.0.7:8500", False), ("dns:///sagcn-serving-replicas:8500", False)),
        *(("localhost.example.org:8500", False), ("[2001:db8::1]:8500", False)),
    ],
)
def test_addresses_of_this_machine_are_known(server, local):
    assert is_local(server) == local


@pytest.fixture
def proxy(monkeypatch):
    """A proxy in the environment; the list of the first lines that it was sent."""
    lines = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    lines.append(connection.recv(1000).split(b"\r\n")[0])
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        for name in ("no_proxy", "no_grpc_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("http_proxy", "https_proxy", "grpc_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.getsockname()[1]}")
        yield lines
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "dns:///localhost"])
def test_a_proxy_is_not_asked_for_this_machine(shared_server, proxy, host):
    with SagcnClient(f"{host}:{shared_server.port}") as client:
        motion = client.generate("walking")

    np.testing.assert_array_equal(motion, expected_motion(1, [0], [0]))
    assert proxy == []


def test_a_proxy_is_asked_for_other_machines_and_named_when_it_fails(proxy):
    server = "models.example.org:8500"

    with SagcnClient(server, timeout=0.5) as client, pytest.raises(RequestError) as caught:
        client.describe()

    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert proxy[0] == b"CONNECT models.example.org:8500 HTTP/1.1"
    assert proxy_hint(server).startswith(" (grpc_proxy is set; add servers")
    assert proxy_hint("localhost:8500") == ""
