import csv
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.util.event_pb2 import Event

from sagcn_tf.training.run import train_run
from tests.one_of_several_workers import CONFIG, STEPS, small_world

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).parents[3]
TIME_LIMIT = 300


def free_ports(count):
    """Returns distinct free ports."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("localhost", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def train_on_two_workers(run_dir, *arguments_of_second):
    """Trains in two processes; returns `(status, output)` of each after both have ended."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    processes = []
    try:
        for index, arguments in enumerate(([], arguments_of_second)):
            task = {"type": "worker", "index": index}
            config = json.dumps({"cluster": {"worker": addresses}, "task": task})
            environment = {**os.environ, "TF_CONFIG": config, "TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, "-m", "tests.one_of_several_workers", run_dir, *arguments]
            processes.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        outputs = [process.communicate(timeout=TIME_LIMIT)[0] for process in processes]
        return [(p.returncode, output) for p, output in zip(processes, outputs, strict=True)]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def checkpoints(run_dir, kind="last"):
    return sorted(path.stem for path in (run_dir / "checkpoints" / kind).glob("*.index"))


def variables(run_dir):
    """Returns all variables in the checkpoint of the last step by name, except the save counter."""
    reader = tf.train.load_checkpoint(run_dir / "checkpoints" / "last" / f"ckpt-{STEPS}")
    others = ("save_counter", "_CHECKPOINTABLE_OBJECT_GRAPH")
    names = [n for n in reader.get_variable_to_shape_map() if not n.startswith(others)]
    return {name: reader.get_tensor(name) for name in names}


def history(run_dir):
    with open(run_dir / "history.csv", newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def on_one(tmp_path_factory):
    """The folder of an uninterrupted run on a single worker with the whole batch."""
    run_dir = tmp_path_factory.mktemp("one")
    with small_world():
        assert train_run(CONFIG, run_dir, "unused")
    return run_dir


@pytest.fixture(scope="module")
def on_two(tmp_path_factory):
    """The folder of a run on two workers that was stopped, killed and finished, and the results.

    The results are `{event: ([(status, output) of each worker], checkpoints)}`.
    """
    run_dir = tmp_path_factory.mktemp("two")
    results = {}
    for event, arguments in (
        ("stopped", ["SIGTERM", "3"]),
        ("killed", ["SIGKILL", "6"]),
        ("finished", []),
    ):
        results[event] = (train_on_two_workers(run_dir, *arguments), checkpoints(run_dir))
    return run_dir, results


def test_sigterm_to_one_worker_stops_both_after_a_checkpoint(on_two):
    ((chief, chief_output), (other, other_output)), saved = on_two[1]["stopped"]

    assert chief == other == 0, chief_output + other_output
    assert saved[-1] == "ckpt-3"
    assert "stopped by another worker after step 3" in chief_output
    assert "stopped by SIGTERM after step 3" in other_output


def test_the_remaining_worker_ends_with_a_message(on_two):
    ((chief, chief_output), (other, _)), saved = on_two[1]["killed"]

    assert other == -signal.SIGKILL
    assert chief == 1
    assert "step 3 of 8" in chief_output
    message = chief_output[chief_output.index("error: ") :]
    assert message.startswith("error: another worker has ended or cannot be reached")
    assert saved[-1] == "ckpt-4"


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_single_worker(on_one, on_two):
    run_dir, results = on_two
    for status, output in results["finished"][0]:
        assert status == 0, output
        assert "step 4 of 8" in output

    assert checkpoints(run_dir) == checkpoints(on_one)
    assert checkpoints(run_dir, "best") == checkpoints(on_one, "best")
    expected, actual = variables(on_one), variables(run_dir)
    assert expected.keys() == actual.keys() and len(expected) > 100
    for name, value in expected.items():
        np.testing.assert_allclose(actual[name], value, atol=5e-5, err_msg=name)


def test_only_the_chief_writes(on_one, on_two):
    rows, expected = history(on_two[0]), history(on_one)

    assert [row["step"] for row in rows] == [row["step"] for row in expected] == [4, 8]
    for row, other in zip(rows, expected, strict=True):
        assert row == pytest.approx(other, abs=1e-3)
    files = list((on_two[0] / "tensorboard").iterdir())
    assert len(files) <= len(on_two[1])  # one file each time, unless its steps were repeated
    records = [record for file in files for record in tf.data.TFRecordDataset(str(file))]
    events = [Event.FromString(record.numpy()) for record in records]
    told = [(event.step, value.tag) for event in events for value in event.summary.value]
    assert told and len(told) == len(set(told))
