import signal
import subprocess
import sys
import time

import pytest

from serving.versions import version_numbers
from tests.commands import ROOT, assert_answered_at_once, run_command
from tests.small_export import small_run


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "next free number, whole or not at all"),
        ([], "--run_dir must have a value"),
        (["--run_dir=x"], "--output_dir must have a value"),
        (["--run_dir=x", "--output_dir=y", "--weights=int8"], "<float32|bfloat16|float16>"),
        (["--run_dir=missing", "--output_dir=y"], "error: missing is not a run"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    assert_answered_at_once(run_command("sagcn_tf.export", *flags), message)


@pytest.mark.slow
def test_an_export_that_is_killed_half_way_is_no_version(tmp_path):
    command = [sys.executable, "-m", "sagcn_tf.export"]
    command += [f"--run_dir={small_run()}", f"--output_dir={tmp_path}"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not list(tmp_path.glob(".exporting-*/saved_model.pb")):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    assert version_numbers(tmp_path) == []
    (left,) = tmp_path.iterdir()
    assert (left / "saved_model.pb").exists()
