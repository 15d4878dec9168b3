import threading
import time

import numpy as np
import pytest

from serving.local.batcher import Batcher
from serving.request_error import RequestError, invalid_argument


class Doubler:
    """A model that doubles x, records its batch sizes, and refuses negative numbers.

    Runs wait until `go` is set.
    """

    def __init__(self):
        self.sizes, self.threads = [], []
        self.go, self.started = threading.Event(), threading.Event()

    def run(self, inputs):
        self.started.set()
        assert self.go.wait(10)
        self.sizes.append(len(inputs["x"]))
        self.threads.append(threading.current_thread())
        if (inputs["x"] < 0).any():
            raise invalid_argument("negative")
        return {"y": 2 * inputs["x"]}


class Request(threading.Thread):
    """A request in its own thread; `answer` is its output or its error."""

    def __init__(self, batcher, kind, run, *numbers):
        super().__init__()
        self.arguments, self.batcher, self.answer = (kind, run, x(*numbers)), batcher, None

    def run(self):
        try:
            self.answer = self.batcher.run(*self.arguments)["y"].tolist()
        except Exception as error:
            self.answer = error


@pytest.fixture
def model():
    model = Doubler()
    yield model
    model.go.set()


@pytest.fixture
def ask(model):
    """A function that starts a request of a kind, and returns when it waits.

    The first request that waits for the model keeps it busy until `model.go` is set.
    """
    started = []

    def ask(batcher, kind, *numbers, run=model.run):
        waiting = len(batcher._waiting)
        started.append(Request(batcher, kind, run, *numbers))
        started[-1].start()
        if len(started) == 1:
            assert model.started.wait(10)
        else:
            while len(batcher._waiting) == waiting:
                time.sleep(0.001)
        return started[-1]

    yield ask
    model.go.set()
    for request in started:
        request.join(10)


def x(*numbers):
    return {"x": np.array(numbers)}


def answers(model, requests):
    model.go.set()
    [request.join(10) for request in requests]
    return [request.answer for request in requests]


def test_waiting_requests_run_together_and_are_split_again(model, ask):
    batcher = Batcher()
    ask(batcher, "other", 0)
    requests = [ask(batcher, "kind", *range(rows)) for rows in (1, 3, 2)]

    assert answers(model, requests) == [[0], [0, 2, 4], [0, 2]]
    assert model.sizes == [1, 6]


def test_a_batch_has_at_most_max_batch_size_rows(model, ask):
    batcher = Batcher(max_batch_size=4)
    ask(batcher, "other", 0)
    requests = [ask(batcher, "kind", number, number) for number in range(5)]

    assert answers(model, requests) == [[2 * number] * 2 for number in range(5)]
    assert model.sizes == [1, 4, 4, 2]


def test_kinds_are_not_mixed_and_run_in_order_of_arrival(model, ask):
    batcher = Batcher()
    ask(batcher, "other", 0)
    requests = [ask(batcher, "a", 1), ask(batcher, "b", 2, 2), ask(batcher, "a", 3, 3)]

    assert answers(model, requests) == [[2], [4, 4], [6, 6]]
    assert model.sizes == [1, 3, 2]


def test_an_invalid_request_fails_alone(model, ask):
    batcher = Batcher()
    ask(batcher, "other", 0)
    requests = [ask(batcher, "kind", number) for number in (1, -1, 3)]

    first, second, third = answers(model, requests)
    assert (first, third) == ([2], [6])
    assert isinstance(second, RequestError) and second.message == "negative"


def test_a_lone_request_runs_in_its_own_thread(model):
    model.go.set()

    assert Batcher().run("kind", model.run, x(1))["y"].tolist() == [2]
    assert model.threads == [threading.current_thread()]


def test_one_batch_runs_at_a_time(model, ask):
    batcher, parallel = Batcher(), []
    ask(batcher, "other", 0)
    running = threading.Lock()

    def run(inputs):
        alone = running.acquire(blocking=False)
        parallel.append(not alone)
        time.sleep(0.001)
        if alone:
            running.release()
        return {"y": inputs["x"]}

    answers(model, [ask(batcher, kind, 1, run=run) for kind in range(20)])

    assert parallel == [False] * 20


@pytest.mark.parametrize("output", [np.array(1), np.zeros(3)])
def test_outputs_that_are_not_a_batch_are_refused(output):
    with pytest.raises(RequestError, match="output y: expected 1 rows as in the inputs") as caught:
        Batcher().run("kind", lambda inputs: {"y": output}, x(1))

    assert caught.value.code.name == "FAILED_PRECONDITION"


def test_after_an_unexpected_error_the_next_request_is_answered(model):
    model.go.set()
    batcher = Batcher()

    with pytest.raises(KeyError):
        batcher.run("kind", lambda inputs: inputs["z"], x(1))

    assert batcher.run("kind", model.run, x(1))["y"].tolist() == [2]
