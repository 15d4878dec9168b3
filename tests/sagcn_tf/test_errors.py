import errno

import pytest

from sagcn_tf.errors import file_error
from tests.commands import run_python

SCRIPT = """
from absl import flags
from sagcn_tf.errors import run_main

flags.DEFINE_integer("number", 0, "a number")

def main(argv):
    if flags.FLAGS.number == 4:
        with open("/dev/full", "w") as file:
            file.write("x")
    if flags.FLAGS.number == 6:
        print("\\u8d70\\u308b")
    print("done", flags.FLAGS.number)

run_main(main)
"""


def tensorflow_error(text):
    """Returns an error like those that TensorFlow raises for files and for memory."""
    return type("ResourceExhaustedError", (Exception,), {"__module__": "tensorflow.errors"})(text)


def run(*arguments):
    return run_python("-c", SCRIPT, *arguments)


def test_a_full_disk_is_one_line_and_exits_with_status_1():
    result = run("--number=4")

    assert result.returncode == 1
    assert result.stderr == "error: No space left on device. Free some space on this disk\n"


def test_a_terminal_that_lacks_letters_ends_no_command(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = run("--number=6")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("\\u8d70\\u308b\n")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.EROFS, "Read-only file system", "runs"), "runs: Read-only file system. Ch"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "x: Permission denied. Choose"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "x"), "x: Not a directory. Choose"),
        (FileExistsError(errno.EEXIST, "File exists", "runs"), "runs: File exists. Choose"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "x"), "x: Disk quota exceeded. Free"),
        (OSError(errno.EIO, "Input/output error", "x"), "x: Input/output error. Check"),
        (tensorflow_error("runs/ckpt-2; File too large"), "runs/ckpt-2; File too large. Free"),
        (tensorflow_error("{{node a}} x; No space left on device"), "x; No space left on device."),
        (tensorflow_error("OOM when allocating tensor"), None),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), None),
        (RuntimeError("No space left on device"), None),
    ],
)
def test_errors_of_files_are_told_from_others(error, message):
    described = file_error(error)

    assert described is None if message is None else described.startswith(message)
