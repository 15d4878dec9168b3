import os
import signal

import pytest

from sagcn_tf.training.stop_request import StopRequest
from tests.commands import run_python

BEFORE_THE_FIRST_STEP = """
import os, signal
from sagcn_tf.training.stop_request import StopRequest
stop = StopRequest()
stop.ends_process = True
with stop.handled():
    os.kill(os.getpid(), signal.SIGTERM)
    print("not reached", flush=True)
"""


def send(number=signal.SIGTERM):
    os.kill(os.getpid(), number)


def test_a_signal_is_remembered_and_a_second_one_interrupts():
    before, stop = signal.getsignal(signal.SIGTERM), StopRequest()

    with stop.handled():
        send()
        assert stop.source == "SIGTERM"
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)

    assert signal.getsignal(signal.SIGTERM) == before


def test_a_signal_leaves_a_block_that_is_cut_short():
    stop, reached = StopRequest(), []

    with stop.handled():
        with stop.cuts_short():
            reached.append("before")
            send()
            reached.append("after")
        reached.append("outside")

    assert reached == ["before", "outside"] and stop.source == "SIGTERM"


def test_a_signal_ends_the_process_while_there_is_nothing_to_save():
    result = run_python("-c", BEFORE_THE_FIRST_STEP)

    assert result.returncode == 128 + signal.SIGTERM
    assert result.stdout == "\nstopped by SIGTERM before the first step\n"
