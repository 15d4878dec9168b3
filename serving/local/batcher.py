"""Merges concurrent requests into few large runs of a model."""

import collections
import concurrent.futures
import threading
import time

import grpc
import numpy as np

from serving.local.serving_error import ServingError, failed_precondition, invalid_argument

_Task = collections.namedtuple("_Task", "inputs rows future arrived")


class Batcher:
    """Threads that run requests of the same kind together and hand each its rows of the answer.

    As in TensorFlow Serving, all kinds share the threads and take turns. It differs in two things.
    When a merged run fails because of its input, the requests are run again one by one, so that a
    wrong request does not fail those that happened to come with it. And a request that finds
    nothing running and need not wait for others is run in its own thread, which saves it two
    changes of threads.

    Args:
        options: `BatchingOptions`.
    """

    def __init__(self, options):
        self._options = options
        # kind -> (run, deque of _Task), in the order in which they take turns
        self._queues = collections.OrderedDict()
        self._running = 0  # batches
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"batch thread {number}", daemon=True)
            for number in range(options.num_batch_threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, kind, run, inputs):
        """Queues a request.

        Args:
            kind: hashable; requests of the same kind may be merged.
            run: function of a dict of arrays that returns a list of arrays; the same for all
                requests of a kind.
            inputs: dict of name -> array `[rows, ...]`, equal but for `rows` within a kind.

        Returns:
            `concurrent.futures.Future` of the list of arrays, maybe done; a request whose future is
            cancelled before its turn is not run.

        Raises:
            ServingError: if the inputs are no batch, or too large, or too many requests wait.
        """
        rows = _rows(inputs)
        most = self._options.max_batch_size
        if rows > most:
            raise invalid_argument(
                f"Task size {rows} is larger than maximum input batch size {most}"
            )
        task = _Task(inputs, rows, concurrent.futures.Future(), time.monotonic())
        if self._start_alone():
            self._run(run, [task])
            return task.future
        with self._changed:
            _, tasks = self._queues.setdefault(kind, (run, collections.deque()))
            waiting = sum(queued.rows for queued in tasks)
            if waiting + rows > most * self._options.max_enqueued_batches:
                raise ServingError(
                    grpc.StatusCode.UNAVAILABLE,
                    "The batch scheduling queue to which this task was submitted is full; "
                    f"{waiting} rows wait.",
                )
            tasks.append(task)
            self._changed.notify()
        return task.future

    def close(self):
        """Runs what waits, and ends the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _start_alone(self):
        """Whether a request may run at once; it then counts as running."""
        with self._changed:
            free = self._running < self._options.num_batch_threads and not self._queues
            alone = free and not self._options.batch_timeout_micros
            self._running += alone
            return alone

    def _run(self, run, tasks):
        """Runs a batch that counts as running."""
        _run_batch(run, [task for task in tasks if task.future.set_running_or_notify_cancel()])
        with self._changed:
            self._running -= 1
            if self._queues:
                self._changed.notify()

    def _work(self):
        while True:
            run, tasks = self._next_batch()
            if not tasks:
                return
            self._run(run, tasks)

    def _next_batch(self):
        """Waits for a batch; returns no tasks when the batcher is closed and nothing waits."""
        with self._changed:
            while True:
                kind, seconds = self._ready()
                if kind is not None:
                    return self._take(kind)
                if self._closed and not self._queues:
                    return None, []
                self._changed.wait(seconds)

    def _ready(self):
        """Returns a kind whose batch is full or has waited, or None and the seconds to wait."""
        if self._running >= self._options.num_batch_threads:
            return None, None
        timeout = self._options.batch_timeout_micros / 1e6
        now, soonest = time.monotonic(), None
        for kind, (_, tasks) in self._queues.items():
            left = tasks[0].arrived + timeout - now
            full = sum(task.rows for task in tasks) >= self._options.max_batch_size
            if left <= 0 or full or self._closed:
                return kind, None
            soonest = left if soonest is None else min(soonest, left)
        return None, soonest

    def _take(self, kind):
        run, tasks = self._queues.pop(kind)
        batch, rows = [], 0
        while tasks and rows + tasks[0].rows <= self._options.max_batch_size:
            batch.append(tasks.popleft())
            rows += batch[-1].rows
        if tasks:
            self._queues[kind] = (run, tasks)  # behind the others: they take turns
            self._changed.notify()
        self._running += 1
        return run, batch


def _rows(inputs):
    """The size of the batch dimension that all inputs share."""
    if not inputs:
        raise invalid_argument("Batching Run() must have at least one input tensor")
    if any(array.ndim == 0 for array in inputs.values()):
        raise invalid_argument("Batching Run() input tensors must have at least one dimension")
    sizes = {len(array) for array in inputs.values()}
    if len(sizes) > 1:
        raise invalid_argument("Batching Run() input tensors must have equal 0th-dimension size")
    return sizes.pop()


def _run_batch(run, tasks):
    """Runs tasks together, or one by one where together they fail; sets their futures."""
    try:
        answers = _run_merged(run, tasks)
    except ServingError as error:
        if len(tasks) > 1 and error.code == grpc.StatusCode.INVALID_ARGUMENT:
            for task in tasks:
                _run_batch(run, [task])
            return
        _fail(tasks, error)
    except Exception as error:
        _fail(tasks, error)
    else:
        for task, answer in zip(tasks, answers, strict=True):
            task.future.set_result(answer)


def _run_merged(run, tasks):
    """Returns the list of outputs of each task."""
    if not tasks:
        return []
    names = tasks[0].inputs
    outputs = run(
        {name: np.concatenate([task.inputs[name] for task in tasks]) for name in names}
        if len(tasks) > 1
        else tasks[0].inputs
    )
    ends = np.cumsum([task.rows for task in tasks])
    for output in outputs:
        if np.ndim(output) == 0:
            raise failed_precondition("Batched output tensor has 0 dimensions")
        if len(output) != ends[-1]:
            raise failed_precondition(
                "Batched output tensor's 0th dimension does not equal the sum of the 0th "
                "dimension sizes of the input tensors"
            )
    splits = [np.split(output, ends[:-1]) for output in outputs]
    return [list(answer) for answer in zip(*splits, strict=True)]


def _fail(tasks, error):
    for task in tasks:
        task.future.set_exception(error)
