import importlib.util
import pathlib
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def studio(*flags):
    command = [sys.executable, "-X", "importtime", "-m", "sagcn_tf.studio", *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def installed():
    if importlib.util.find_spec("nicegui") is None:
        pytest.skip("NiceGUI is not installed (pip install -r requirements-studio.txt)")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--server: address of a server's gRPC interface"),
        ([], "error: expected --run_dir or --server, got neither. Try --run_dir=pretrained"),
        (["--run_dir=pretrained,missing"], "error: --run_dir=missing is not a run"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(installed, flags, message):
    result = studio(*flags)

    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "| tensorflow" not in result.stderr


def test_a_port_that_is_in_use_is_refused(installed):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = studio("--run_dir=pretrained", f"--port={port}")

    assert result.returncode == 1
    assert f"error: --host=127.0.0.1 --port={port} cannot be used" in result.stderr
