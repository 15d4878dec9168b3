import contextlib
import json
import socket
import threading

import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster

WORKERS = ["a:1", "b:2", "c:3"]


def read(monkeypatch, jobs, task):
    text = json.dumps({"cluster": jobs, "task": dict(zip(("type", "index"), task, strict=True))})
    monkeypatch.setenv("TF_CONFIG", text)
    return Cluster.from_environment()


@pytest.mark.parametrize("text", [None, "", " ", "{}", '{"cluster": {}, "task": {}}'])
def test_without_a_cluster_there_is_a_single_worker_the_chief(monkeypatch, text):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)

    cluster = Cluster.from_environment()

    assert len(cluster.addresses) == 1 and cluster.is_chief


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_first_worker_is_the_chief_by_default(monkeypatch, index):
    cluster = read(monkeypatch, {"worker": WORKERS}, ("worker", index))

    assert cluster == Cluster(("a:1", "b:2", "c:3"), index)
    assert cluster.is_chief == (index == 0)


@pytest.mark.parametrize(("task", "index"), [(("chief", 0), 0), (("worker", 0), 1)])
def test_a_chief_comes_before_the_workers(monkeypatch, task, index):
    cluster = read(monkeypatch, {"worker": ["b:2"], "chief": ["a:1"]}, task)

    assert cluster == Cluster(("a:1", "b:2"), index)


@pytest.mark.parametrize(
    ("jobs", "task", "named"),
    [
        (
            {"worker": WORKERS, "ps": ["d:4"]},
            ("ps", 0),
            "expected the jobs .*, got worker, ps",
        ),
        ({"worker": "a:1"}, ("worker", 0), "expected a list of addresses, got 'a:1'"),
        ({"worker": ["a"]}, ("worker", 0), "expected 'host:port', got 'a'"),
        ({"worker": [7]}, ("worker", 0), "expected 'host:port', got 7"),
        ({"worker": [":7"]}, ("worker", 0), "expected 'host:port', got ':7'"),
        ({"worker": ["a:b"]}, ("worker", 0), "expected 'host:port', got 'a:b'"),
        ({"worker": ["a:0"]}, ("worker", 0), "expected 'host:port', got 'a:0'"),
        ({"worker": ["a:65536"]}, ("worker", 0), "expected 'host:port', got 'a:65536'"),
        ({"worker": ["a:1", "a:1"]}, ("worker", 0), "expected unique addresses, got a:1, a:1"),
        ({"chief": ["a:1", "b:2"]}, ("chief", 0), "expected at most one chief"),
        ({"worker": WORKERS}, ("worker", 3), r"expected a task out of .*, got \('worker', 3\)"),
        ({"worker": WORKERS}, ("chief", 0), r"expected a task out of .*, got \('chief', 0\)"),
        ({"worker": WORKERS}, ("worker", None), r"expected a task out of .*\('worker', None\)"),
    ],
)
def test_an_invalid_cluster_is_named_with_an_example(monkeypatch, jobs, task, named):
    with pytest.raises(UserError, match=named) as refused:
        read(monkeypatch, jobs, task)

    assert str(refused.value).startswith("TF_CONFIG is not valid: ")
    assert '"cluster": {"worker": ["host-0:2222"' in str(refused.value)


@pytest.mark.parametrize(
    "text", ["{", "3", "[]", '"worker"', '{"cluster": 3}', '{"cluster": {"worker": [[]]}}']
)
def test_malformed_text_is_refused(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)

    with pytest.raises(UserError, match="TF_CONFIG is not valid"):
        Cluster.from_environment()


@pytest.fixture
def addresses():
    """Two local addresses with free ports."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("", 0))) for _ in range(2)]
        return tuple(f"localhost:{one.getsockname()[1]}" for one in sockets)


def port_of(address):
    return int(address.rpartition(":")[2])


def test_a_worker_waits_until_the_others_have_started(addresses, capsys):
    started = []
    other = threading.Timer(
        0.5, lambda: started.append(socket.create_server(("", port_of(addresses[1]))))
    )
    other.start()

    Cluster(addresses, 0).wait_for_workers(timeout=60)

    assert len(started) == 1
    started[0].close()
    assert capsys.readouterr().out == f"waiting for {addresses[1]}\n"


def test_waiting_has_a_timeout(addresses):
    with pytest.raises(UserError, match=f"no answer from {addresses[1]} after 0.1 seconds"):
        Cluster(addresses, 0).wait_for_workers(timeout=0.1)


def test_a_port_in_use_is_named(addresses):
    port = port_of(addresses[0])

    with (
        socket.create_server(("", port)),
        pytest.raises(
            UserError, match=f"port {port} of this worker cannot be opened: .* in use.* TF_CONFIG"
        ),
    ):
        Cluster(addresses, 0).wait_for_workers()
