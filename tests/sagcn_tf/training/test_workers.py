import types

import pytest
import tensorflow as tf

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster
from sagcn_tf.training.workers import Workers


@pytest.fixture
def of_two(monkeypatch):
    """Makes one of two machines; the other one answers `gather` with what `others` says."""
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", types.SimpleNamespace)
    monkeypatch.setattr(Cluster, "wait_for_workers", lambda cluster: None)

    def make(index=0, others=lambda number: number):
        workers = Workers(Cluster(("a:1", "b:2"), index))
        monkeypatch.setattr(workers, "gather", lambda number: [number, others(number)])
        return workers

    return make


def test_a_machine_alone_waits_for_nobody():
    workers = Workers(strategy="any")

    assert workers.is_chief and workers.strategy == "any"
    assert workers.gather(3) == [3]
    assert workers.anywhere("SIGTERM") and not workers.anywhere(None)
    workers.check_same("text", "never raised")


@pytest.mark.parametrize(("flag", "other"), [(None, 0), ("SIGTERM", 0), (None, 1), ("SIGTERM", 1)])
def test_a_flag_counts_wherever_it_is_set(of_two, flag, other):
    assert of_two(others=lambda number: other).anywhere(flag) == (bool(flag) or bool(other))


def test_texts_that_differ_are_refused(of_two):
    of_two().check_same("text", "never raised")

    with pytest.raises(UserError, match="start the same command"):
        of_two(others=lambda number: number + 1).check_same("text", "start the same command")


@pytest.mark.parametrize(("index", "order"), [(0, ["block", "wait"]), (1, ["wait", "block"])])
def test_the_others_wait_for_the_chief(of_two, index, order):
    happened = []
    workers = of_two(index, others=lambda number: happened.append("wait"))

    with workers.chief_first():
        happened.append("block")

    assert happened == order


def test_a_machine_that_is_lost_is_a_message_that_says_what_to_do(of_two):
    text = "Graph execution error:\n\nCollective ops is aborted by: Socket closed\nmore"

    with (
        pytest.raises(UserError, match="start the same .* again: it .*: Socket closed"),
        of_two().watched(),
    ):
        raise tf.errors.UnavailableError(None, None, text)


def test_other_errors_stay_what_they_are(of_two):
    error = tf.errors.ResourceExhaustedError(None, None, "out of memory")
    with pytest.raises(tf.errors.ResourceExhaustedError), of_two().watched():
        raise error

    lost = tf.errors.UnavailableError(None, None, "not of another machine: there is none")
    with pytest.raises(tf.errors.UnavailableError), Workers(strategy="any").watched():
        raise lost
