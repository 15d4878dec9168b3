import threading
import time

import grpc
import numpy as np
import pytest

from serving.local.batcher import Batcher
from serving.local.batching_options import BatchingOptions
from serving.local.serving_error import ServingError, invalid_argument


class Doubler:
    """A model that doubles x, notes its batch sizes, and refuses negative numbers.

    Runs wait until `go` is set.
    """

    def __init__(self):
        self.sizes = []
        self.go = threading.Event()
        self.started = threading.Event()

    def run(self, inputs):
        self.started.set()
        assert self.go.wait(10)
        self.sizes.append(len(inputs["x"]))
        if (inputs["x"] < 0).any():
            raise invalid_argument("negative")
        return [2 * inputs["x"]]


@pytest.fixture
def make_batcher():
    batchers = []

    def make(**options):
        batchers.append(Batcher(BatchingOptions(**{"num_batch_threads": 1, **options})))
        return batchers[-1]

    yield make
    for batcher in batchers:
        batcher.close()


@pytest.fixture
def model():
    model = Doubler()
    yield model
    model.go.set()


def x(*numbers):
    return {"x": np.array(numbers)}


def occupy(batcher, model):
    """Sends a request that keeps the batcher busy until `model.go` is set."""
    threading.Thread(target=batcher.submit, args=("other kind", model.run, x(0))).start()
    assert model.started.wait(10)


def test_what_waits_is_run_together_and_split_again(make_batcher, model):
    batcher = make_batcher()
    occupy(batcher, model)
    futures = [batcher.submit("kind", model.run, x(*range(n))) for n in (1, 3, 2)]

    model.go.set()

    assert [future.result(10)[0].tolist() for future in futures] == [[0], [0, 2, 4], [0, 2]]
    assert model.sizes == [1, 6]


def test_a_batch_is_not_larger_than_it_may_be(make_batcher, model):
    batcher = make_batcher(max_batch_size=4)
    occupy(batcher, model)
    futures = [batcher.submit("kind", model.run, x(n, n)) for n in range(5)]

    model.go.set()

    assert [future.result(10)[0].tolist() for future in futures] == [[2 * n] * 2 for n in range(5)]
    assert model.sizes == [1, 4, 4, 2]


def test_kinds_are_not_mixed_and_take_turns(make_batcher, model):
    batcher = make_batcher(max_batch_size=2)
    occupy(batcher, model)
    order = []
    for kind in ("a", "a", "b"):
        future = batcher.submit(kind, model.run, x(1, 1))
        future.add_done_callback(lambda _, kind=kind: order.append(kind))

    model.go.set()
    batcher.close()

    assert order == ["a", "b", "a"]


def test_a_wrong_request_fails_alone(make_batcher, model):
    batcher = make_batcher()
    occupy(batcher, model)
    futures = [batcher.submit("kind", model.run, x(n)) for n in (1, -1, 3)]

    model.go.set()

    assert futures[0].result(10)[0].tolist() == [2]
    assert futures[2].result(10)[0].tolist() == [6]
    with pytest.raises(ServingError, match="negative"):
        futures[1].result(10)


def test_a_lone_request_runs_at_once_in_its_own_thread(make_batcher):
    threads = []

    def run(inputs):
        threads.append(threading.current_thread())
        return [inputs["x"]]

    future = make_batcher().submit("kind", run, x(1))

    assert future.done()
    assert threads == [threading.current_thread()]


def test_no_more_batches_run_at_a_time_than_there_are_threads(make_batcher, model):
    batcher = make_batcher()
    occupy(batcher, model)  # in a thread of its own

    future = batcher.submit("kind", model.run, x(1))
    time.sleep(0.05)

    assert not future.running()
    model.go.set()
    assert future.result(10)[0].tolist() == [2]


def test_a_request_waits_for_others_as_long_as_it_is_told(make_batcher, model):
    model.go.set()
    batcher = make_batcher(batch_timeout_micros=200_000, max_batch_size=3)

    start = time.monotonic()
    first = batcher.submit("kind", model.run, x(1))
    second = batcher.submit("kind", model.run, x(2))
    first.result(10), second.result(10)
    waited = time.monotonic() - start
    full = [batcher.submit("kind", model.run, x(n)) for n in range(3)]
    [future.result(10) for future in full]

    assert model.sizes == [2, 3]
    assert waited >= 0.2


def test_a_cancelled_request_is_not_run(make_batcher, model):
    batcher = make_batcher()
    occupy(batcher, model)
    gone = batcher.submit("kind", model.run, x(1, 1, 1))
    stays = batcher.submit("kind", model.run, x(5))

    assert gone.cancel()
    model.go.set()

    assert stays.result(10)[0].tolist() == [10]
    assert model.sizes == [1, 1]


def test_too_many_that_wait_are_refused(make_batcher, model):
    batcher = make_batcher(max_batch_size=2, max_enqueued_batches=2)
    occupy(batcher, model)
    for _ in range(2):
        batcher.submit("kind", model.run, x(1, 1))

    with pytest.raises(ServingError, match="is full") as caught:
        batcher.submit("kind", model.run, x(1))

    assert caught.value.code == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (x(1, 2, 3), "Task size 3 is larger than maximum input batch size 2"),
        ({}, "must have at least one input tensor"),
        ({"x": np.array(1)}, "must have at least one dimension"),
        ({"x": np.zeros(1), "y": np.zeros(2)}, "must have equal 0th-dimension size"),
    ],
)
def test_what_is_no_batch_is_refused(make_batcher, model, inputs, message):
    with pytest.raises(ServingError, match=message) as caught:
        make_batcher(max_batch_size=2).submit("kind", model.run, inputs)

    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("output", "message"),
    [(np.array(1), "has 0 dimensions"), (np.zeros(3), "does not equal the sum")],
)
def test_a_model_whose_answer_is_no_batch_is_refused(make_batcher, output, message):
    future = make_batcher().submit("kind", lambda inputs: [output], x(1))

    with pytest.raises(ServingError, match=message) as caught:
        future.result(10)

    assert caught.value.code == grpc.StatusCode.FAILED_PRECONDITION


def test_an_unforeseen_error_reaches_the_request_and_not_the_thread(make_batcher, model):
    model.go.set()
    batcher = make_batcher()

    with pytest.raises(KeyError):
        batcher.submit("kind", lambda inputs: inputs["y"], x(1)).result(10)

    assert batcher.submit("kind", model.run, x(1)).result(10)[0].tolist() == [2]


def test_closing_answers_what_waits(make_batcher, model):
    batcher = make_batcher()
    occupy(batcher, model)
    future = batcher.submit("kind", model.run, x(4))
    closing = threading.Thread(target=batcher.close)
    closing.start()

    model.go.set()
    closing.join(10)

    assert future.result(0)[0].tolist() == [8]
