"""The cluster of workers that train a run together, read from TF_CONFIG."""

import dataclasses
import json
import os
import socket
import time

from sagcn_tf.errors import UserError

_JOBS = ("chief", "worker")
_TIMEOUT = 600  # seconds


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The addresses of the workers, and the index of this worker.

    Attributes:
        addresses: `"host:port"` of each worker, the chief first. Default: a single worker.
        index: index of this worker in `addresses`. Default: 0.
    """

    addresses: tuple[str, ...] = ("localhost:0",)
    index: int = 0

    @property
    def is_chief(self) -> bool:
        """Whether this worker is the chief, which evaluates and writes files."""
        return self.index == 0

    def wait_for_workers(self, timeout: float = _TIMEOUT) -> None:
        """Waits until all workers have started; TensorFlow's chief would wait forever.

        Args:
            timeout: in seconds. Default: 600.

        Raises:
            UserError: if workers are still missing after the timeout, or if the port of this worker
                is not available.
        """
        missing = [address for address in self.addresses if address != self.addresses[self.index]]
        _, port = _host_and_port(self.addresses[self.index])
        try:
            listener = socket.create_server(("", port))
        except OSError as error:
            raise UserError(
                f"port {port} of this worker cannot be opened: {error}. Free it, or choose another "
                "port in TF_CONFIG on all workers"
            ) from error
        print(f"waiting for {', '.join(missing)}", flush=True)
        deadline = time.monotonic() + timeout
        with listener:
            while missing := [address for address in missing if not _answers(address)]:
                if time.monotonic() > deadline:
                    raise UserError(
                        f"no answer from {', '.join(missing)} after {timeout:g} seconds. Start the "
                        "same command on all workers that TF_CONFIG lists"
                    )
                time.sleep(0.2)

    @classmethod
    def from_environment(cls) -> "Cluster":
        """Reads the cluster from TF_CONFIG; without TF_CONFIG, it is a single worker.

        Returns:
            A `Cluster`.

        Raises:
            UserError: if TF_CONFIG does not have the format that TensorFlow expects, or lists jobs
                other than `chief` and `worker`.
        """
        text = os.environ.get("TF_CONFIG", "").strip()
        try:
            config = json.loads(text) if text else {}
            jobs, task = config.get("cluster") or {}, config.get("task") or {}
            return cls._of_jobs(jobs, (task.get("type"), task.get("index")))
        except (ValueError, AttributeError, TypeError) as error:
            raise UserError(
                f"TF_CONFIG is not valid: {error}. Expected JSON such as "
                '{"cluster": {"worker": ["host-0:2222", "host-1:2222"]}, '
                '"task": {"type": "worker", "index": 0}}'
            ) from error

    @classmethod
    def _of_jobs(cls, jobs, task):
        """Creates the cluster of `{job: addresses}` and a task `(job, number)`."""
        if jobs.keys() - set(_JOBS):
            raise ValueError(f"expected the jobs {' and '.join(_JOBS)}, got {', '.join(jobs)}")
        tasks = {}
        for job in _JOBS:
            for number, address in enumerate(_checked_list(jobs.get(job, []))):
                tasks[job, number] = _checked_address(address)
        addresses = tuple(tasks.values())
        if len(set(addresses)) < len(addresses):
            raise ValueError(f"expected unique addresses, got {', '.join(addresses)}")
        if ("chief", 1) in tasks:
            raise ValueError("expected at most one chief")
        if not tasks:
            return cls()
        if task not in tasks:
            raise ValueError(f"expected a task out of {list(tasks)}, got {task}")
        return cls(addresses, list(tasks).index(task))


def _checked_list(addresses):
    if not isinstance(addresses, list):
        raise ValueError(f"expected a list of addresses, got {addresses!r}")
    return addresses


def _checked_address(address):
    try:
        _host_and_port(address)
    except (AttributeError, ValueError):
        raise ValueError(f"expected 'host:port', got {address!r}") from None
    return address


def _host_and_port(address):
    host, _, port = address.rpartition(":")
    if not host or not 0 < int(port) < 2**16:
        raise ValueError
    return host.strip("[]"), int(port)


def _answers(address):
    """Returns whether a worker listens, in `wait_for_workers` or afterwards in TensorFlow."""
    try:
        socket.create_connection(_host_and_port(address), timeout=1).close()
    except OSError:
        return False
    return True
