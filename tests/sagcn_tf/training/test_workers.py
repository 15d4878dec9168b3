import types

import pytest
import tensorflow as tf

from sagcn_tf.errors import UserError
from sagcn_tf.training.cluster import Cluster
from sagcn_tf.training.workers import Workers


@pytest.fixture
def of_two(monkeypatch):
    """Creates one of two workers; `others` computes the number that the other one gathers."""
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", types.SimpleNamespace)
    monkeypatch.setattr(Cluster, "wait_for_workers", lambda cluster: None)

    def make(index=0, others=lambda number: number):
        workers = Workers(Cluster(("a:1", "b:2"), index))
        monkeypatch.setattr(workers, "gather", lambda number: [number, others(number)])
        return workers

    return make


def test_a_single_worker_does_not_wait():
    workers = Workers(strategy="any")

    assert workers.is_chief and workers.strategy == "any"
    assert workers.gather(3) == [3]
    assert workers.any_worker("SIGTERM") and not workers.any_worker(None)
    workers.check_same("text", "never raised")


@pytest.mark.parametrize(("flag", "other"), [(None, 0), ("SIGTERM", 0), (None, 1), ("SIGTERM", 1)])
def test_a_flag_counts_on_any_worker(of_two, flag, other):
    assert of_two(others=lambda number: other).any_worker(flag) == (bool(flag) or bool(other))


def test_different_texts_are_refused(of_two):
    of_two().check_same("text", "never raised")

    with pytest.raises(UserError, match="start the same command"):
        of_two(others=lambda number: number + 1).check_same("text", "start the same command")


@pytest.mark.parametrize(("index", "order"), [(0, ["block", "wait"]), (1, ["wait", "block"])])
def test_other_workers_wait_for_the_chief(of_two, index, order):
    happened = []
    workers = of_two(index, others=lambda number: happened.append("wait"))

    with workers.chief_first():
        happened.append("block")

    assert happened == order


def test_a_lost_worker_is_a_user_error(of_two):
    text = "Graph execution error:\n\nCollective ops is aborted by: Socket closed\nmore"

    with (
        pytest.raises(UserError, match="start the same .* again: it .*: Socket closed"),
        of_two().lost_worker_errors(),
    ):
        raise tf.errors.UnavailableError(None, None, text)


def test_other_errors_are_unchanged(of_two):
    error = tf.errors.ResourceExhaustedError(None, None, "out of memory")
    with pytest.raises(tf.errors.ResourceExhaustedError), of_two().lost_worker_errors():
        raise error

    lost = tf.errors.UnavailableError(None, None, "there is no other worker")
    with pytest.raises(tf.errors.UnavailableError), Workers(strategy="any").lost_worker_errors():
        raise lost
