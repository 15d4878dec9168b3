import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = """
import sys
from absl import flags
from sagcn_tf.errors import UserError, run_main

flags.DEFINE_integer("number", 0, "a number")

def main(argv):
    if flags.FLAGS.number == 1:
        raise UserError("number must not be 1")
    if flags.FLAGS.number == 2:
        raise RuntimeError("an error of the program")
    print("done", flags.FLAGS.number)

run_main(main)
"""


def run(*arguments):
    command = [sys.executable, "-c", SCRIPT, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_successful_command_exits_with_status_0():
    result = run("--number=3")

    assert (result.returncode, result.stdout, result.stderr) == (0, "done 3\n", "")


def test_a_user_error_is_one_line_and_exits_with_status_1():
    result = run("--number=1")

    assert result.returncode == 1
    assert result.stderr == "error: number must not be 1\n"
    assert result.stdout == ""


def test_other_errors_keep_their_stack_trace():
    result = run("--number=2")

    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "an error of the program" in result.stderr


@pytest.mark.parametrize(
    ("argument", "named"),
    [("--number=x", "--number=x"), ("--nunber=3", "nunber"), ("3", "arguments: 3")],
)
def test_invalid_arguments_are_named_without_a_stack_trace(argument, named):
    result = run(argument)

    assert result.returncode != 0
    assert named in result.stderr + result.stdout
    assert "Traceback" not in result.stderr
