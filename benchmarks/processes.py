"""Processes of their own: what is measured there shares no threads and no memory with the rest."""

import concurrent.futures
import multiprocessing
import time

_runs = {}  # of the process that a `TimedProcess` has started


def in_own_process(function, *arguments):
    """What `function(*arguments)` returns; all of them must be picklable."""
    with _pool() as process:
        return process.submit(function, *arguments).result()


class TimedProcess:
    """A process that runs things when asked and says how long they took.

    Several of them can take turns. Those that wait use no processor time.

    Args:
        prepare: called in the process with `arguments`; returns `{name: function}`.
    """

    def __init__(self, prepare, *arguments):
        self._pool = _pool()
        self.names = self._pool.submit(_prepare, prepare, arguments).result()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pool.shutdown()

    def seconds(self, name):
        """The time that one call of a function takes."""
        return self._pool.submit(_seconds, name).result()


def shortest_by_turns(processes, repeats, say=print):
    """The shortest of some runs of everything that `TimedProcess`es have, after one uncounted run.

    Args:
        processes: whose names are all different.
        repeats: how often each function runs.
        say: is called with a line after each round.

    Returns:
        `{name: seconds}`.
    """
    shortest = {}
    for number in range(repeats + 1):
        for process in processes:
            for name in process.names:
                seconds = process.seconds(name)
                if number:
                    shortest[name] = min(seconds, shortest.get(name, seconds))
                # Threads of the other side may look for work a little longer before they sleep.
                time.sleep(0.2)
        say(f"  round {number} of {repeats}" if number else "  all have run once")
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
