"""Separate processes, so that measurements share neither threads nor memory."""

import concurrent.futures
import multiprocessing
import time

_runs = {}  # Filled in the process of a `TimedProcess`.


def in_own_process(function, *arguments):
    """Returns `function(*arguments)`, run in a new process; everything must be picklable."""
    with _pool() as process:
        return process.submit(function, *arguments).result()


class TimedProcess:
    """A process that runs functions on request and reports how long they took.

    Several of these can take turns; a waiting one uses no processor time.

    Args:
        prepare: Called in the process with `*arguments`; returns `{name: function}`.
        *arguments: Arguments of `prepare`.
    """

    def __init__(self, prepare, *arguments):
        self._pool = _pool()
        self.names = self._pool.submit(_prepare, prepare, arguments).result()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pool.shutdown()

    def seconds(self, name):
        """Calls a function once; returns the seconds it took."""
        return self._pool.submit(_seconds, name).result()


def shortest_by_turns(processes, repeats, say=print):
    """Times all functions of several processes in turn, after one warm-up round.

    Args:
        processes: Instances of `TimedProcess`, without a name in common.
        repeats: Number of rounds that count.
        say: Called with a line of text after each round. Default: `print`.

    Returns:
        `{name: seconds}` of the shortest run of each function.
    """
    shortest = {}
    for number in range(repeats + 1):
        for process in processes:
            for name in process.names:
                seconds = process.seconds(name)
                if number:
                    shortest[name] = min(seconds, shortest.get(name, seconds))
                # Idle threads of the last process may spin a little before they sleep.
                time.sleep(0.2)
        say(f"  round {number} of {repeats}" if number else "  warm-up round")
    return shortest


def _pool():
    context = multiprocessing.get_context("spawn")
    return concurrent.futures.ProcessPoolExecutor(1, mp_context=context)


def _prepare(prepare, arguments):
    _runs.update(prepare(*arguments))
    return list(_runs)


def _seconds(name):
    start = time.perf_counter()
    _runs[name]()
    return time.perf_counter() - start
