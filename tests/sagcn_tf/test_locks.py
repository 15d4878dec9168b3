import concurrent.futures
import os
import signal
import subprocess
import sys
import time

import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.locks import locked_folder

HOLD = """
import sys, time
from sagcn_tf.locks import locked_folder
with locked_folder(sys.argv[1], None):
    print("locked", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def hold(tmp_path):
    """Starts a process that holds the lock of a folder for some seconds."""
    started = []

    def start(seconds):
        command = [sys.executable, "-c", HOLD, str(tmp_path), str(seconds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "locked\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_second_process_waits_for_the_first(hold, tmp_path):
    process, told, start = hold(1.0), [], time.monotonic()

    with locked_folder(tmp_path, told.append):
        assert time.monotonic() - start > 0.3

    assert len(told) == 1 and told[0].startswith(f"process {process.pid}, started 20")


def test_the_second_process_can_give_up(hold, tmp_path):
    hold(60.0)

    def refuse(owner):
        raise UserError(f"busy: {owner}")

    with pytest.raises(UserError, match="busy: process"), locked_folder(tmp_path, refuse):
        pytest.fail("the lock was held by another process")


def test_a_process_that_was_killed_does_not_block(hold, tmp_path):
    process = hold(60.0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    with locked_folder(tmp_path, lambda owner: pytest.fail(f"held by {owner}")):
        pass


def test_the_lock_is_given_back_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="inside"), locked_folder(tmp_path, None):
        raise ValueError("inside")

    with locked_folder(tmp_path, lambda owner: pytest.fail(f"held by {owner}")):
        pass


def test_a_folder_in_which_nothing_was_written_is_removed_again(tmp_path):
    (tmp_path / "old").mkdir()
    for folder in ("old", "old/a/b"):
        with pytest.raises(ValueError, match="refused"), locked_folder(tmp_path / folder, None):
            raise ValueError("refused")
    with locked_folder(tmp_path / "used", None):
        (tmp_path / "used" / "config.json").touch()

    assert list((tmp_path / "old").iterdir()) == []
    assert {path.name for path in (tmp_path / "used").iterdir()} == {".lock", "config.json"}


def test_who_waits_for_a_folder_that_is_removed_holds_it_alone(tmp_path):
    inside, most = [], []

    def use():
        for _ in range(8):
            with locked_folder(tmp_path / "run", lambda owner: None):
                inside.append(1)
                time.sleep(0.005)
                most.append(len(inside))
                inside.pop()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(use) for _ in range(4)]:
            one.result()

    assert most == [1] * 32 and not list(tmp_path.glob("run/*"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(UserError, match="file/run cannot be written: .*Choose another folder"),
        locked_folder(tmp_path / "file" / "run", None),
    ):
        pass
