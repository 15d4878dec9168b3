import socket

import pytest

from serving.errors import UserError
from serving.local.ports import Ports
from tests.commands import assert_answered_at_once, run_command


@pytest.fixture
def used():
    """A port that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named(used):
    with pytest.raises(UserError, match=f"gRPC port 127.0.0.1:{used} cannot .* another --port"):
        Ports(port=used, rest_port=None)
    with pytest.raises(UserError, match=f"REST port 127.0.0.1:{used} cannot.* --rest_api_port"):
        Ports(port=0, rest_port=used)


def test_a_second_server_on_the_same_ports_is_refused():
    first = Ports(port=0, rest_port=None)

    with pytest.raises(UserError, match="gRPC port"):
        Ports(port=first.port, rest_port=None)


def test_a_port_in_use_is_found_before_anything_slow(used, tmp_path):
    flags = [f"--model_base_path={tmp_path}", f"--port={used}", "--rest_api_port=0"]
    message = f"error: the gRPC port 127.0.0.1:{used} cannot be opened"

    assert_answered_at_once(run_command("serving.local_server", *flags), message)
