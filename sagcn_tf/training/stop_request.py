"""Ends training when SIGTERM or Ctrl-C asks for it."""

import contextlib
import os
import signal


class _CutShort(BaseException):
    """Leaves a block of `StopRequest.cuts_short`."""


class StopRequest:
    """Remembers that a signal asked to stop; the training loop checks after each step.

    Attributes:
        source: name of the signal; None without one.
        ends_process: whether a signal ends the process, as long as there is nothing to save.
            Nothing else can interrupt TensorFlow while it traces a step, which takes a while.
    """

    def __init__(self):
        self.source, self.ends_process = None, False
        self._cutting = False

    @contextlib.contextmanager
    def handled(self):
        """Handles both signals inside the block; a second one raises `KeyboardInterrupt`."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        old = {number: signal.signal(number, self._request) for number in numbers}
        try:
            yield
        finally:
            for number, previous in old.items():
                signal.signal(number, previous)

    @contextlib.contextmanager
    def cuts_short(self):
        """Lets a signal end the block early. The block must not change what is saved."""
        self._cutting = True
        try:
            yield
        except _CutShort:
            pass
        finally:
            self._cutting = False

    def _request(self, number, _):
        if self.source:
            raise KeyboardInterrupt
        self.source = signal.Signals(number).name
        if self.ends_process:
            print(f"\nstopped by {self.source} before the first step", flush=True)
            os._exit(128 + number)
        if self._cutting:
            raise _CutShort
