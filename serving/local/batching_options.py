"""How concurrent requests are merged."""

import dataclasses
import os

from serving.errors import UserError
from serving.local.config_files import BatchingParameters, read_config

_LOWEST = {
    "max_batch_size": 1,
    "batch_timeout_micros": 0,
    "max_enqueued_batches": 1,
    "num_batch_threads": 1,
}


@dataclasses.dataclass(frozen=True)
class BatchingOptions:
    """The parameters of TensorFlow Serving that the local server has, with its defaults.

    Attributes:
        max_batch_size: most rows of one run.
        batch_timeout_micros: how long a request may wait for others while a thread is free.
        max_enqueued_batches: how many full batches of one kind may wait before more are refused.
        num_batch_threads: how many batches run at the same time.
    """

    max_batch_size: int = 1000
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 10
    num_batch_threads: int = os.cpu_count()

    @classmethod
    def from_file(cls, path):
        """Reads a `BatchingParameters` text file.

        Raises:
            UserError: if the file cannot be read, a number is too small, or the file sets what
                the local server does not have.
        """
        given = {}
        for field, value in read_config(path, BatchingParameters).ListFields():
            if field.name == "thread_pool_name":
                continue  # A name for TensorFlow Serving's metrics.
            if field.name not in _LOWEST:
                raise UserError(
                    f"{path}: the local server has no {field.name}; it knows {', '.join(_LOWEST)}."
                )
            if value.value < _LOWEST[field.name]:
                lowest = _LOWEST[field.name]
                raise UserError(f"{path}: {field.name} is {value.value}; expected {lowest} or more")
            given[field.name] = value.value
        return cls(**given)
