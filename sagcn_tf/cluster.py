"""Which machines train a run together, as the environment variable TF_CONFIG names them."""

import dataclasses
import json
import os

from sagcn_tf.errors import UserError

_JOBS = ("chief", "worker")


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
    host, _, port = str(address).rpartition(":")
    if not (isinstance(address, str) and host and port.isdecimal()):
        raise ValueError(f"expected 'host:port', received {address!r}")
    return address
