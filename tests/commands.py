"""Runs commands of the project as a user does: in a process of their own."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]


def run_python(*arguments, **options):
    """Runs Python in the root of the repository; `options` are those of `subprocess.run`."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def run_command(module, *flags):
    """Runs a command; its standard error also lists what was imported, as in `| tensorflow`."""
    return run_python("-X", "importtime", "-m", module, *flags)


def assert_refused(result, message):
    """Checks that a command ended with a message and status 1, without a stack trace."""
    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def assert_answered_at_once(result, message):
    """Checks that a command ended with a message and status 1 before it imported TensorFlow."""
    assert_refused(result, message)
    assert "| tensorflow\n" not in result.stderr
