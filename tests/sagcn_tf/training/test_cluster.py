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
def test_without_a_cluster_this_machine_is_alone_and_the_chief(monkeypatch, text):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)

    cluster = Cluster.from_environment()

    assert len(cluster.addresses) == 1 and cluster.is_chief


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_first_worker_is_the_chief_where_none_is_named(monkeypatch, index):
    cluster = read(monkeypatch, {"worker": WORKERS}, ("worker", index))

    assert cluster == Cluster(("a:1", "b:2", "c:3"), index)
    assert cluster.is_chief == (index == 0)


@pytest.mark.parametrize(("task", "index"), [(("chief", 0), 0), (("worker", 0), 1)])
def test_a_chief_that_is_named_comes_before_the_workers(monkeypatch, task, index):
    cluster = read(monkeypatch, {"worker": ["b:2"], "chief": ["a:1"]}, task)

    assert cluster == Cluster(("a:1", "b:2"), index)


@pytest.mark.parametrize(
    ("jobs", "task", "named"),
    [
        ({"worker": WORKERS, "ps": ["d:4"]}, ("ps", 0), "lists the jobs worker, ps"),
        ({"worker": "a:1"}, ("worker", 0), "expected a list of addresses, received 'a:1'"),
        ({"worker": ["a"]}, ("worker", 0), "expected 'host:port', received 'a'"),
        ({"worker": [7]}, ("worker", 0), "expected 'host:port', received 7"),
        ({"worker": [":7"]}, ("worker", 0), "expected 'host:port', received ':7'"),
        ({"worker": ["a:b"]}, ("worker", 0), "expected 'host:port', received 'a:b'"),
        ({"worker": ["a:0"]}, ("worker", 0), "expected 'host:port', received 'a:0'"),
        ({"worker": ["a:65536"]}, ("worker", 0), "expected 'host:port', received 'a:65536'"),
        ({"worker": ["a:1", "a:1"]}, ("worker", 0), "an address twice: a:1, a:1"),
        ({"chief": ["a:1", "b:2"]}, ("chief", 0), "more than one chief"),
        ({"worker": WORKERS}, ("worker", 3), r"its task \('worker', 3\) is none of"),
        ({"worker": WORKERS}, ("chief", 0), r"its task \('chief', 0\) is none of"),
        ({"worker": WORKERS}, ("worker", None), r"its task \('worker', None\) is none of"),
    ],
)
def test_what_is_wrong_is_named_beside_an_example(monkeypatch, jobs, task, named):
    with pytest.raises(UserError, match=named) as refused:
        read(monkeypatch, jobs, task)

    assert str(refused.value).startswith("TF_CONFIG cannot be understood: ")
    assert '"cluster": {"worker": ["host-0:2222"' in str(refused.value)


@pytest.mark.parametrize(
    "text", ["{", "3", "[]", '"worker"', '{"cluster": 3}', '{"cluster": {"worker": [[]]}}']
)
def test_what_is_no_cluster_at_all_is_refused(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)

    with pytest.raises(UserError, match="TF_CONFIG cannot be understood"):
        Cluster.from_environment()


@pytest.fixture
def addresses():
    """Two addresses of this machine whose ports are free."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("", 0))) for _ in range(2)]
        return tuple(f"localhost:{one.getsockname()[1]}" for one in sockets)


def port_of(address):
    return int(address.rpartition(":")[2])


def test_a_machine_waits_until_the_others_are_started(addresses, capsys):
    started = []
    other = threading.Timer(
        0.5, lambda: started.append(socket.create_server(("", port_of(addresses[1]))))
    )
    other.start()

    Cluster(addresses, 0).meet(patience=60)

    assert len(started) == 1
    started[0].close()
    assert capsys.readouterr().out == f"waiting for {addresses[1]}\n"


def test_machines_do_not_wait_for_ever(addresses):
    with pytest.raises(UserError, match=f"no answer from {addresses[1]} for 0.1 seconds"):
        Cluster(addresses, 0).meet(patience=0.1)


def test_a_port_that_is_taken_is_named(addresses):
    port = port_of(addresses[0])

    with (
        socket.create_server(("", port)),
        pytest.raises(
            UserError, match=f"port {port}, which TF_CONFIG .* cannot be used: .* in use"
        ),
    ):
        Cluster(addresses, 0).meet()
