import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from serving.client import SagcnClient
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion

ROOT = pathlib.Path(__file__).parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "serving.client", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def server(shared_server):
    return f"--server=127.0.0.1:{shared_server.port}"


def test_the_class_is_found_in_the_same_place():
    assert SagcnClient.__module__ == "serving.sagcn_client"


def test_arrays_are_written(server, tmp_path):
    output = tmp_path / "clips.npz"

    result = run(server, "--label=Sitting_Down", "--count=2", "--seed=5", f"--output={output}")

    assert (result.stdout, result.stderr) == (f"{output}: 2 clips of sitting down\n", "")
    with np.load(output, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], expected_motion(1, [1, 1], [5, 6]))
        assert arrays["seeds"].tolist() == [5, 6]
        assert arrays["label"] == "sitting down"
        assert arrays["joints"].tolist() == closed_form_model.SKELETON["joints"]
        assert arrays["edges"].tolist() == closed_form_model.SKELETON["edges"]
        assert (arrays["frame_rate"], arrays["unit"]) == (12.5, "pixel")


@pytest.mark.parametrize(("suffix", "size"), [("gif", (900, 300)), ("png", (1200, None))])
def test_pictures_are_written(server, tmp_path, suffix, size):
    output = tmp_path / f"clips.{suffix}"

    result = run(server, "--label=walking", f"--output={output}")

    assert result.stderr == ""
    with Image.open(output) as picture:
        assert picture.width == size[0]
        assert size[1] in (None, picture.height)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label=jumping", "--output=x.npz"], "error: the label 'jumping' is unknown"),
        (["--label=walking", "--output=/nowhere/x.npz"], "error: --output=/nowhere/x.npz cannot"),
        (["--label=walking", "--output=x.npz", "--model=x"], "NOT_FOUND: Servable not found"),
        (["--label=walking", "--output=x.txt"], "must end in .npz, .gif, .png"),
        (["--label=walking", "--output=x.gif", "--count=21"], "At most 20 clips are drawn"),
        (["--label=walking", "--output=x.npz", "--certificate=x"], "--certificate=x cannot be rea"),
        (["--output=x.npz"], "--label"),
    ],
)
def test_a_mistake_is_one_message_and_no_stack_trace(server, arguments, message):
    result = run(server, *arguments)

    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (ROOT / "x.npz").exists()


def test_a_server_that_is_not_there_is_an_error_in_time():
    result = run("--server=127.0.0.1:1", "--timeout=1", "--label=walking", "--output=x.npz")

    assert result.returncode == 1
    assert result.stderr.startswith("error: --server=127.0.0.1:1 answers UNAVAILABLE")
