"""The machines that train a run together, and what they ask each other while they do."""

import contextlib
import zlib

import tensorflow as tf

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster

# What TensorFlow raises, within seconds, where another machine no longer answers.
_LOST = (
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnavailableError,
)


class Workers:
    """The devices of one or several machines, as a `tf.distribute.Strategy`.

    On several machines, create it before TensorFlow is used for anything else. It waits until all
    of them are there.

    Args:
        cluster: a `Cluster`. Default: this machine alone.
        strategy: for this machine alone. Default: `MirroredStrategy` over all its devices.

    Attributes:
        strategy: the `tf.distribute.Strategy`.
        is_chief: whether this machine is the one that evaluates and writes.

    Raises:
        UserError: if the other machines cannot be reached.
    """

    def __init__(self, cluster=None, strategy=None):
        cluster = cluster or Cluster()
        self._count, self._index = len(cluster.addresses), cluster.index
        self.is_chief = cluster.is_chief
        if self._count == 1:
            self.strategy = strategy or tf.distribute.MirroredStrategy()
            return
        cluster.wait_for_workers()
        with self.watched():
            self.strategy = tf.distribute.MultiWorkerMirroredStrategy()

    def gather(self, number: int) -> list[int]:
        """The numbers with which all machines call this, in the order of the cluster.

        Each machine waits here until all are here.
        """
        if self._count == 1:
            return [int(number)]
        numbers = tf.one_hot(self._index, self._count, number, 0, dtype=tf.int64)
        return self._sum(numbers).numpy().tolist()

    @tf.function
    def _sum(self, numbers):
        return self.strategy.reduce("SUM", numbers, axis=None)

    def anywhere(self, flag) -> bool:
        """Whether the flag is set on any machine; each waits here until all are here."""
        return any(self.gather(bool(flag)))

    def check_same(self, text: str, message: str) -> None:
        """Raises a `UserError` of this message, on all machines, if their texts differ."""
        if len(set(self.gather(zlib.crc32(text.encode())))) > 1:
            raise UserError(message)

    @contextlib.contextmanager
    def chief_first(self):
        """The other machines enter the block when the chief has left it."""
        if not self.is_chief:
            self.gather(0)
        yield
        if self.is_chief:
            self.gather(0)

    @contextlib.contextmanager
    def watched(self):
        """Inside the block, the loss of another machine becomes a `UserError`."""
        try:
            yield
        except _LOST as error:
            if self._count == 1:
                raise
            lines = error.message.splitlines()
            reason = next((line for line in lines if "Collective ops" in line), lines[0])
            raise UserError(
                "another machine has ended or cannot be reached. See what it says, and start the "
                f"same command on all again: it resumes the last checkpoint. ({reason})"
            ) from error
