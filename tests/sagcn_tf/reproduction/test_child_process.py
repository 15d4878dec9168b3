import errno
import logging
import multiprocessing
import os
import signal
import threading
import time

import absl.logging
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.reproduction.child_process import run_in_child_process


def product(one, two):
    return one * two, os.getpid()


def refuse(what):
    raise UserError(f"no {what} is there")


def warn_as_tfds_does():
    path = "tensorflow_datasets/core/features.py"
    record = logging.LogRecord("absl", logging.WARNING, path, 1, "deprecated", (), None)
    absl.logging.get_absl_logger().handle(record)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_sigterm(path):
    """Ends after SIGTERM with a result, like a trainer."""
    caught = []
    signal.signal(signal.SIGTERM, lambda *_: caught.append(True))
    with open(path, "w") as file:
        file.write("waiting")
    while not caught:
        time.sleep(0.01)
    return "saved"


def test_a_function_runs_in_another_process():
    result, process = run_in_child_process(product, 6, 7)

    assert result == 42
    assert process != os.getpid()


def test_a_user_error_is_raised_in_the_parent():
    with pytest.raises(UserError, match="no data is there"):
        run_in_child_process(refuse, "data")


def test_a_child_hides_the_warnings_of_tfds_as_its_command_does(capfd):
    run_in_child_process(warn_as_tfds_does)

    assert "deprecated" not in capfd.readouterr().err


def test_a_killed_process_is_an_error():
    with pytest.raises(UserError, match="process of die was ended: SIGKILL, .*memory.*continues"):
        run_in_child_process(die)


def fill_disk():
    raise OSError(errno.ENOSPC, "No space left on device", "runs")


def test_a_full_disk_is_one_message():
    with pytest.raises(UserError, match=r"^runs: No space left on device\. Free some space"):
        run_in_child_process(fill_disk)


def wait(path):
    path.touch()
    time.sleep(60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_a_signal_ends_is_named_by_the_signal(tmp_path, number, capfd, request):
    path = tmp_path / "waiting"
    # Tests that a shell runs in the background ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def stop():
        while not path.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)
        if number == signal.SIGINT:  # Ctrl-C reaches both processes
            os.kill(multiprocessing.active_children()[0].pid, number)

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(UserError, match=f"^stopped by {number.name}. The same command continues"):
        run_in_child_process(wait, path)
    thread.join()
    assert "Traceback" not in capfd.readouterr().err


def test_sigterm_is_forwarded_and_the_process_decides_when_to_end(tmp_path):
    path, before = tmp_path / "waiting", signal.getsignal(signal.SIGTERM)

    def signal_when_it_waits():
        while not path.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=signal_when_it_waits)
    thread.start()
    assert run_in_child_process(wait_for_sigterm, str(path)) == "saved"
    thread.join()
    assert signal.getsignal(signal.SIGTERM) == before
