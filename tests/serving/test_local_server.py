import threading

import grpc
import numpy as np
import pytest

from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient
from tests.commands import ROOT, assert_refused, run_python
from tests.serving.closed_form_model import expected_motion
from tests.serving.server_process import ServerProcess
from tests.serving.stubs import Stubs, arrays_of, request_of


@pytest.fixture
def start_process():
    """A function that starts a `ServerProcess`, which is gone at the end."""
    processes = []

    def start(*arguments, **options):
        processes.append(ServerProcess(*arguments, **options))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


def run(*arguments):
    return run_python("-m", "serving.local_server", *arguments, timeout=300)


def test_help_says_what_it_is_not_and_does_not_import_tensorflow():
    script = """
import sys
from serving import local_server
from absl import app, flags
local_server.define_flags()
try:
    app.run(local_server.main, ["local_server", "--help"])
finally:
    assert "tensorflow" not in sys.modules
"""
    result = run_python("-c", script)

    assert result.stderr == ""
    assert "It is not TensorFlow Serving" in run("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give --model_base_path or --model_config_file, not both."),
        (["--model_base_path=x", "--model_config_file=y"], "not both."),
        (["--model_base_path=nowhere"], "--model_base_path=nowhere does not exist; expected a fo"),
        (["--model_config_file=nowhere"], "nowhere cannot be read: No such file or directory. The"),
        (["--model_base_path=x", "--port=0"], "port"),
        (["--model_config_file=README.md"], "README.md: expected a ModelServerConfig as text"),
    ],
)
def test_a_mistake_is_one_message_and_no_stack_trace(arguments, message):
    assert_refused(run(*arguments), message)


def test_a_broken_export_is_named(tmp_path):
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"broken")

    result = run(f"--model_base_path={tmp_path}", "--port=1024", "--rest_api_port=1025")

    assert result.returncode == 1
    (line,) = result.stderr.splitlines()  # none about a missing GPU, for one
    assert line.startswith("error: model 'sagcn' cannot be served: version 1: ")


def test_sigterm_ends_it_after_the_last_answer(start_process, publish, tmp_path):
    process = start_process(f"--model_base_path={publish(tmp_path / 'sagcn', 1)}")
    process.wait_until_it_serves()
    request = request_of(label=np.zeros(30, np.int32), seed=np.arange(30, dtype=np.int32))
    answers, refusals, answered = [], [], threading.Semaphore(0)

    def ask():
        stubs = Stubs(process)
        with stubs.channel:
            try:
                while True:
                    answers.append(arrays_of(stubs.predict(request))["motion"])
                    answered.release()
            except grpc.RpcError as error:
                refusals.append(error.code())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    for _ in range(20):
        assert answered.acquire(timeout=60)
    status, output = process.stop()
    [thread.join() for thread in threads]

    assert status == 0
    last = "Stopping: running requests are finished, new ones are refused."
    assert output.splitlines()[-1] == last
    # The refused ones had not started. gRPC cancels calls that arrive while the port closes.
    assert len(refusals) == 4
    assert set(refusals) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    for answer in answers:
        np.testing.assert_array_equal(answer, expected_motion(1, [0] * 30, np.arange(30)))


@pytest.mark.slow
def test_clients_outlive_kill_9_of_the_server(start_process, publish, tmp_path):
    base_path = publish(tmp_path / "sagcn", 1)
    # An export that was killed: its folder has no number yet.
    (base_path / ".exporting-5a2f").mkdir()
    (base_path / ".exporting-5a2f" / "saved_model.pb").write_bytes(b"half")
    process = start_process(f"--model_base_path={base_path}").wait_until_it_serves()
    address = f"localhost:{process.port}"
    answered, stop, failures = threading.Semaphore(0), threading.Event(), []

    def ask():
        with SagcnClient(address, timeout=120) as client:
            try:
                for seed in range(10_000):
                    if stop.is_set():
                        return
                    motion = client.generate("walking", seed=seed)
                    np.testing.assert_array_equal(motion, expected_motion(1, [0], [seed]))
                    answered.release()
            except (RequestError, AssertionError) as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    for _ in range(20):
        assert answered.acquire(timeout=60)
    process.kill()
    with SagcnClient(address, timeout=0.5) as impatient, pytest.raises(RequestError) as caught:
        impatient.generate("walking")
    while answered.acquire(blocking=False):
        pass
    again = start_process(f"--model_base_path={base_path}", port=process.port)
    again.wait_until_it_serves()
    for _ in range(20):
        assert answered.acquire(timeout=60)
    stop.set()
    [thread.join() for thread in threads]

    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert failures == []


def test_models_come_from_a_configuration_file(start_process, publish, tmp_path):
    base_path = publish(tmp_path / "sagcn", 1, 2, 3)
    path = tmp_path / "models.config"
    shipped = (ROOT / "serving" / "models.config").read_text()
    shipped = shipped.replace("num_versions: 1", "num_versions: 2")
    path.write_text(shipped.replace("/models/sagcn", str(base_path)))
    process = start_process(f"--model_config_file={path}").wait_until_it_serves()

    with SagcnClient(f"localhost:{process.port}") as client:
        assert client.describe().version == 3
    with SagcnClient(f"localhost:{process.port}", version=2) as client:
        np.testing.assert_array_equal(client.generate("eating"), expected_motion(2, [2], [0]))
