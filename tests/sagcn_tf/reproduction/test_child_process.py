import os
import signal
import threading
import time

import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.reproduction.child_process import in_a_child_process


def product(one, two):
    return one * two, os.getpid()


def refuse(what):
    raise UserError(f"no {what} is there")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_sigterm(path):
    """As a trainer does: notes the signal and ends in its own time."""
    caught = []
    signal.signal(signal.SIGTERM, lambda *_: caught.append(True))
    with open(path, "w") as file:
        file.write("waiting")
    while not caught:
        time.sleep(0.01)
    return "saved"


def test_a_function_answers_from_another_process():
    result, process = in_a_child_process(product, 6, 7)

    assert result == 42
    assert process != os.getpid()


def test_an_error_of_the_user_comes_back():
    with pytest.raises(UserError, match="no data is there"):
        in_a_child_process(refuse, "data")


def test_a_process_that_dies_is_an_error_not_a_wait():
    with pytest.raises(UserError, match="die ended with status -9; the same command goes on"):
        in_a_child_process(die)


def test_sigterm_goes_on_to_the_process_which_ends_in_its_own_time(tmp_path):
    path, before = tmp_path / "waiting", signal.getsignal(signal.SIGTERM)

    def signal_when_it_waits():
        while not path.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=signal_when_it_waits)
    thread.start()
    assert in_a_child_process(wait_for_sigterm, str(path)) == "saved"
    thread.join()
    assert signal.getsignal(signal.SIGTERM) == before
