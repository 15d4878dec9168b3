"""Many concurrent clients while versions come and go."""

import ctypes
import pathlib
import shutil
import threading
import time

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest

from tests.serving import closed_form_model
from tests.serving.closed_form_model import CLASS_NAMES, expected_motion, expected_transition
from tests.serving.stubs import Stubs, arrays_of, request_of

CLIENTS = 32
AT_MOST = 120  # seconds; about three on an idle machine


def ask_generate(rng, rows, seed):
    label = rng.integers(0, len(CLASS_NAMES), rows).astype(np.int32)
    request = request_of("generate", label=label, seed=seed)
    return request, lambda version: expected_motion(version, label, seed)


def ask_mix(rng, rows, seed):
    weights = rng.dirichlet([1.0] * len(CLASS_NAMES), rows).astype(np.float32)
    label = weights @ np.arange(len(CLASS_NAMES), dtype=np.float32)
    request = request_of("mix", label_weights=weights, seed=seed)
    return request, lambda version: expected_motion(version, label, seed)


def ask_transition(rng, rows, seed):
    start, end = rng.integers(0, len(CLASS_NAMES), (2, rows)).astype(np.int32)
    request = request_of("transition", label_from=start, label_to=end, seed=seed)
    return request, lambda version: expected_transition(version, start, end, seed)


class Client(threading.Thread):
    """Sends requests until `stop` is set, and checks every answer."""

    def __init__(self, server, number, stop):
        super().__init__()
        self.server, self.number, self.stop = server, number, stop
        self.versions, self.failure = set(), None

    def run(self):
        rng = np.random.default_rng(self.number)
        stubs = Stubs(self.server)
        with stubs.channel:
            try:
                while not self.stop.is_set():
                    self.ask(stubs, rng)
            except (grpc.RpcError, AssertionError) as failure:
                self.failure = failure
                self.stop.set()

    def ask(self, stubs, rng):
        rows = int(rng.integers(1, 9))
        seed = rng.integers(0, 1000, rows).astype(np.int32)
        ask = rng.choice([ask_generate, ask_mix, ask_transition])
        request, expected = ask(rng, rows, seed)
        response = stubs.predict(request)
        version = response.model_spec.version.value
        motion = arrays_of(response)["motion"]
        np.testing.assert_allclose(motion, expected(version), rtol=1e-5)
        self.versions.add(version)


def wait_until(condition):
    end = time.monotonic() + AT_MOST
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_no_request_fails_while_versions_come_and_go(start_server, publish, tmp_path):
    base_path = publish(tmp_path / "sagcn", 1)
    server, stop = start_server(base_path), threading.Event()
    clients = [Client(server, number, stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()

    for version in (1, 2, 3):
        if version > 1:
            publish(base_path, version)
            shutil.rmtree(base_path / str(version - 1))
        wait_until(
            lambda version=version: (
                stop.is_set() or all(version in client.versions for client in clients)
            )
        )
    stop.set()
    for client in clients:
        client.join(AT_MOST)

    assert [client.failure for client in clients if client.failure] == []
    assert all(client.versions == {1, 2, 3} for client in clients)


@pytest.mark.slow
def test_memory_is_flat_when_versions_are_reloaded(start_server, tmp_path):
    if not pathlib.Path("/proc/self/statm").exists():
        pytest.skip("the memory in use is read from /proc, which only Linux has")
    megabytes = 20
    export = tmp_path / "export"
    closed_form_model.save(export, 1, weights=megabytes * 2**18)
    base_path = tmp_path / "sagcn"
    shutil.copytree(export, base_path / "1")
    server = start_server(base_path)
    stubs = Stubs(server)

    used = []
    with stubs.channel:
        for version in range(2, 15):
            shutil.copytree(export, base_path / f".{version}")
            (base_path / f".{version}").rename(base_path / str(version))
            shutil.rmtree(base_path / str(version - 1))
            wait_until(lambda version=version: replaced(stubs, version - 1, version))
            used.append(resident_megabytes())

    # The first reloads fill caches; after that, ten of them keep less than one model.
    assert used[-1] - used[2] < megabytes / 2, used


def replaced(stubs, old, new):
    """Whether the new version answers and the old one is gone."""
    request = GetModelStatusRequest()
    request.model_spec.name = "sagcn"
    request.model_spec.version.value = old
    answering = stubs.predict(request_of()).model_spec.version.value
    try:
        stubs.model.GetModelStatus(request, timeout=60)
    except grpc.RpcError as error:
        return error.code() == grpc.StatusCode.NOT_FOUND and answering == new
    return False


def resident_megabytes():
    ctypes.CDLL(None).malloc_trim(0)  # What is free but kept by the allocator is no leak.
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
