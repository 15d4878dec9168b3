import importlib.util
import socket

import pytest

from tests.commands import assert_answered_at_once, run_command


@pytest.fixture
def installed():
    if importlib.util.find_spec("nicegui") is None:
        pytest.skip("NiceGUI is not installed (pip install -r requirements-studio.txt)")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--server: address of a server's gRPC interface"),
        ([], "error: expected --run_dir or --server, got neither. Try --run_dir=pretrained"),
        (["--run_dir=pretrained,missing"], "error: missing is not a run"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(installed, flags, message):
    assert_answered_at_once(run_command("sagcn_tf.studio", *flags), message)


def test_a_port_that_is_in_use_is_refused(installed):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run_command("sagcn_tf.studio", "--run_dir=pretrained", f"--port={port}")

    assert result.returncode == 1
    assert f"error: --host=127.0.0.1 --port={port} cannot be used" in result.stderr
