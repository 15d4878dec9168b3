import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--classifier_dir"),
        (["--dataset=mnist"], "motion_folder>"),
        (["--dataset=motion_folder"], "error: --dataset=motion_folder needs --manual_dir=DIR"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    command = [sys.executable, "-X", "importtime", "-m", "sagcn_tf.train_classifier", *flags]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "| tensorflow" not in result.stderr
