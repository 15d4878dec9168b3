"""The workers that train a run together, and the values that they exchange."""

import contextlib
import zlib

import tensorflow as tf

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster

# TensorFlow raises these within seconds if another worker no longer answers.
_LOST_WORKER_ERRORS = (
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnavailableError,
)


class Workers:
    """The devices of one or several workers, as a `tf.distribute.Strategy`.

    With several workers, create it before TensorFlow is used for anything else. It waits until all
    workers have started.

    Args:
        cluster: a `Cluster`. Default: a single worker.
        strategy: the strategy of a single worker. Default: `MirroredStrategy` over all devices.

    Attributes:
        strategy: the `tf.distribute.Strategy`.
        is_chief: whether this worker is the chief, which evaluates and writes files.
        count: number of workers.

    Raises:
        UserError: if the other workers cannot be reached.
    """

    def __init__(self, cluster=None, strategy=None):
        cluster = cluster or Cluster()
        self.count, self._index = len(cluster.addresses), cluster.index
        self.is_chief = cluster.is_chief
        if self.count == 1:
            self.strategy = strategy or tf.distribute.MirroredStrategy()
            return
        cluster.wait_for_workers()
        with self.lost_worker_errors():
            self.strategy = tf.distribute.MultiWorkerMirroredStrategy()

    def gather(self, number: int) -> list[int]:
        """Returns the numbers that all workers pass, in the order of the cluster.

        Blocks until all workers have called it.
        """
        if self.count == 1:
            return [int(number)]
        numbers = tf.one_hot(self._index, self.count, number, 0, dtype=tf.int64)
        return self._sum(numbers).numpy().tolist()

    @tf.function(autograph=False)
    def _sum(self, numbers):
        return self.strategy.reduce("SUM", numbers, axis=None)

    def any_worker(self, flag) -> bool:
        """Returns whether the flag is set on any worker; blocks until all have called it."""
        return any(self.gather(bool(flag)))

    def check_same(self, text: str, message: str) -> None:
        """Raises a `UserError` with this message on all workers if their texts differ."""
        if len(set(self.gather(zlib.crc32(text.encode())))) > 1:
            raise UserError(message)

    @contextlib.contextmanager
    def chief_first(self):
        """Lets the other workers enter the block after the chief has left it."""
        if not self.is_chief:
            self.gather(0)
        yield
        if self.is_chief:
            self.gather(0)

    @contextlib.contextmanager
    def lost_worker_errors(self):
        """Turns the loss of another worker inside the block into a `UserError`."""
        try:
            yield
        except _LOST_WORKER_ERRORS as error:
            if self.count == 1:
                raise
            lines = error.message.splitlines()
            reason = next((line for line in lines if "Collective ops" in line), lines[0])
            raise UserError(
                "another worker has ended or cannot be reached. Check its output, then start the "
                f"same command on all workers again: it resumes the last checkpoint. ({reason})"
            ) from error
