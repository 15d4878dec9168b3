import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest

from serving.versions import version_numbers, version_path, write_version

ROOT = pathlib.Path(__file__).parents[2]


def writer(text):
    """A function that fills the folder of a version."""

    def write(folder):
        (folder / "one").write_text(text)
        (folder / "two").write_text(text)

    return write


def test_a_version_gets_the_number_after_the_highest(tmp_path):
    folder = tmp_path / "models" / "walker"

    paths = [write_version(folder, writer(text), "testing") for text in "ab"]

    assert paths == [folder / "1", folder / "2"]
    assert (folder / "2" / "one").read_text() == "b"
    assert version_numbers(folder) == [1, 2]


def test_only_names_that_are_numbers_are_versions(tmp_path):
    for name in ("9", "0012", "withdrawn", ".testing-7", "1.5", "-3", "²", "3 "):
        (tmp_path / name).mkdir()
    (tmp_path / "10").touch()

    assert version_numbers(tmp_path) == [9, 10, 12]
    assert version_path(tmp_path, 12) == tmp_path / "0012"
    with pytest.raises(FileNotFoundError, match="has no version 11 any more"):
        version_path(tmp_path, 11)
    assert write_version(tmp_path, writer("x"), "testing") == tmp_path / "13"


def test_there_are_no_versions_where_there_is_no_folder(tmp_path):
    (tmp_path / "file").touch()

    assert version_numbers(tmp_path / "nowhere") == []
    assert version_numbers(tmp_path / "file") == []


def test_numbers_that_were_taken_are_not_used_again(tmp_path):
    path = write_version(tmp_path, writer("x"), "testing", taken=lambda: [3, 7])

    assert path == tmp_path / "8"


def test_a_version_that_cannot_be_written_leaves_nothing(tmp_path):
    def fail(folder):
        (folder / "one").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_version(tmp_path, fail, "testing")

    assert list(tmp_path.iterdir()) == []


def test_versions_that_are_written_concurrently_get_different_numbers(tmp_path):
    together = threading.Barrier(8)

    def add(text):
        def write(folder):
            writer(text)(folder)
            together.wait()

        write_version(tmp_path, write, "testing")

    threads = [threading.Thread(target=add, args=[text]) for text in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert version_numbers(tmp_path) == list(range(1, 9))
    written = [(tmp_path / str(number) / "two").read_text() for number in range(1, 9)]
    assert sorted(written) == list("abcdefgh")
    assert len(list(tmp_path.iterdir())) == 8


def test_a_process_that_is_killed_adds_no_version(tmp_path):
    script = (
        "import sys, time\n"
        "from serving.versions import write_version\n"
        "def write(folder):\n"
        "    (folder / 'saved_model.pb').touch()\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "write_version(sys.argv[1], write, 'testing')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    assert version_numbers(tmp_path) == []
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".testing-")
    assert write_version(tmp_path, writer("x"), "testing") == tmp_path / "1"


def test_a_version_appears_complete(tmp_path):
    seen, done = set(), threading.Event()

    def watch():
        while not done.is_set():
            for number in version_numbers(tmp_path):
                seen.add(len(list((tmp_path / str(number)).iterdir())))

    def write_slowly(folder):
        for name in range(5):
            (folder / str(name)).touch()
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        write_version(tmp_path, write_slowly, "testing")
    time.sleep(0.05)
    done.set()
    watcher.join()

    assert seen == {5}
