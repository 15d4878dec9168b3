"""How commands report errors; the library and serving each have a `run_main`."""

import pytest

from tests.commands import run_python

SCRIPT = """
from absl import flags
from {package}.errors import UserError, run_main

flags.DEFINE_integer("number", 0, "a number")

def main(argv):
    if flags.FLAGS.number == 1:
        raise UserError("number must not be 1")
    if flags.FLAGS.number == 2:
        raise RuntimeError("an error of the program")
    if flags.FLAGS.number == 5:
        raise KeyboardInterrupt
    print("done", flags.FLAGS.number)

run_main(main)
"""


@pytest.fixture(params=["sagcn_tf", "serving"])
def run(request):
    return lambda *flags: run_python("-c", SCRIPT.format(package=request.param), *flags)


def test_a_successful_command_exits_with_status_0(run):
    result = run("--number=3")

    assert (result.returncode, result.stdout, result.stderr) == (0, "done 3\n", "")


def test_a_user_error_is_one_line_and_exits_with_status_1(run):
    result = run("--number=1")

    assert result.returncode == 1
    assert result.stderr == "error: number must not be 1\n"
    assert result.stdout == ""


def test_ctrl_c_is_one_line(run):
    result = run("--number=5")

    assert result.returncode == 130
    assert result.stderr == "\nstopped by Ctrl-C\n"


def test_other_errors_keep_their_stack_trace(run):
    result = run("--number=2")

    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "an error of the program" in result.stderr


@pytest.mark.parametrize(
    ("argument", "named"),
    [("--number=x", "--number=x"), ("--nunber=3", "nunber"), ("3", ": 3")],
)
def test_invalid_arguments_are_named_without_a_stack_trace(run, argument, named):
    result = run(argument)

    assert result.returncode != 0
    assert named in result.stderr + result.stdout
    assert "Traceback" not in result.stderr
