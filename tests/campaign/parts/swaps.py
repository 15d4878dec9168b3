"""Clients that ask without a pause while versions come and go: none fails, none is wrong."""

import os
import shutil
import threading
import time

from tests.serving import closed_form_model
from tests.serving.local_servers import local_server
from tests.serving.test_concurrency import CLIENTS, Client

_SECONDS = 60  # until every client has seen a version


def run(trials):
    """Replaces the served version once per trial."""
    base_path, stop = trials.folder / "sagcn", threading.Event()
    _publish(base_path, 1)
    with local_server(base_path) as server:
        clients = [Client(server, number, stop) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for seed in trials:
            version = seed - trials.first + 2
            _publish(base_path, version)
            shutil.rmtree(base_path / str(version - 1))
            end = time.monotonic() + _SECONDS
            while not stop.is_set() and not all(version in client.versions for client in clients):
                if time.monotonic() > end:
                    trials.fail(seed, f"after {_SECONDS} s, some clients had no answer of it")
                    break
                time.sleep(0.01)
        stop.set()
        for client in clients:
            client.join()
            if client.failure:
                trials.fail(seed, f"client {client.number}: {str(client.failure)[:200]}")
    trials.note(f"{CLIENTS} clients, all of which saw every version and checked every answer.")


def _publish(base_path, version):
    base_path.mkdir(exist_ok=True)
    closed_form_model.save(base_path / f".{version}", version)
    os.rename(base_path / f".{version}", base_path / str(version))
