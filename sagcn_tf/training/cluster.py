"""Which machines train a run together, as the environment variable TF_CONFIG names them."""

import dataclasses
import json
import os
import socket
import time

from sagcn_tf.errors import UserError

_JOBS = ("chief", "worker")
_PATIENCE = 600  # seconds


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The machines of a run, and which of them this is.

    Attributes:
        addresses: `"host:port"` of each machine, the chief's first. Default: this machine alone.
        index: of this machine in `addresses`. Default 0.
    """

    addresses: tuple[str, ...] = ("localhost:0",)
    index: int = 0

    @property
    def is_chief(self) -> bool:
        """Whether this is the one machine that evaluates and writes."""
        return self.index == 0

    def wait_for_workers(self, patience: float = _PATIENCE) -> None:
        """Waits until all machines have been started; TensorFlow's chief would wait for ever.

        Args:
            patience: seconds. Default: ten minutes.

        Raises:
            UserError: names those that are still missing then; or if this machine's own port is
                taken.
        """
        missing = [address for address in self.addresses if address != self.addresses[self.index]]
        _, port = _host_and_port(self.addresses[self.index])
        try:
            listener = socket.create_server(("", port))
        except OSError as error:
            raise UserError(
                f"port {port}, which TF_CONFIG gives this machine, cannot be used: {error}"
            ) from error
        print(f"waiting for {', '.join(missing)}", flush=True)
        deadline = time.monotonic() + patience
        with listener:
            while missing := [address for address in missing if not _answers(address)]:
                if time.monotonic() > deadline:
                    raise UserError(
                        f"no answer from {', '.join(missing)} for {patience:g} seconds. Start the "
                        "same command on all machines that TF_CONFIG lists"
                    )
                time.sleep(0.2)

    @classmethod
    def from_environment(cls) -> "Cluster":
        """What TF_CONFIG says; without it, this machine alone.

        Raises:
            UserError: if it is not what TensorFlow expects, or names other jobs than `chief` and
                `worker`, which all do the same work.
        """
        text = os.environ.get("TF_CONFIG", "").strip()
        try:
            config = json.loads(text) if text else {}
            jobs, task = config.get("cluster") or {}, config.get("task") or {}
            return cls._of_jobs(jobs, (task.get("type"), task.get("index")))
        except (ValueError, AttributeError, TypeError) as error:
            raise UserError(
                f"TF_CONFIG cannot be understood: {error}. Expected JSON such as "
                '{"cluster": {"worker": ["host-0:2222", "host-1:2222"]}, '
                '"task": {"type": "worker", "index": 0}}'
            ) from error

    @classmethod
    def _of_jobs(cls, jobs, task):
        """The cluster of `{job: addresses}` and a task `(job, number)`; `ValueError` if wrong."""
        if jobs.keys() - set(_JOBS):
            raise ValueError(f"it lists the jobs {', '.join(jobs)}, allowed are {_JOBS}")
        tasks = {}
        for job in _JOBS:
            for number, address in enumerate(_list(jobs.get(job, []))):
                tasks[job, number] = _checked(address)
        addresses = tuple(tasks.values())
        if len(set(addresses)) < len(addresses):
            raise ValueError(f"it lists an address twice: {', '.join(addresses)}")
        if ("chief", 1) in tasks:
            raise ValueError("it lists more than one chief")
        if not tasks:
            return cls()
        if task not in tasks:
            raise ValueError(f"its task {task} is none of {list(tasks)}")
        return cls(addresses, list(tasks).index(task))


def _list(addresses):
    if not isinstance(addresses, list):
        raise ValueError(f"expected a list of addresses, received {addresses!r}")
    return addresses


def _checked(address):
    try:
        _host_and_port(address)
    except (AttributeError, ValueError):
        raise ValueError(f"expected 'host:port', received {address!r}") from None
    return address


def _host_and_port(address):
    host, _, port = address.rpartition(":")
    if not host or not 0 < int(port) < 2**16:
        raise ValueError
    return host.strip("[]"), int(port)


def _answers(address):
    """Whether a machine listens, be it by `wait_for_workers` or, after that, by TensorFlow."""
    try:
        socket.create_connection(_host_and_port(address), timeout=1).close()
    except OSError:
        return False
    return True
