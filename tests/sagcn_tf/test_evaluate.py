import dataclasses

import pytest

from tests.commands import assert_answered_at_once, run_command
from tests.small_data import small_config


def test_a_motion_folder_has_to_be_given_again(tmp_path):
    config = dataclasses.replace(small_config(), dataset="motion_folder")
    config.save(tmp_path / "config.json")

    result = run_command("sagcn_tf.evaluate", f"--run_dir={tmp_path}")

    assert result.returncode == 1
    assert "error: motion_folder needs --manual_dir=DIR" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--help"], "--checkpoint: <best|last>"),
        ([], "run_dir must have a value"),
        (["--run_dir=x", "--checkpoint=first"], "best|last"),
        (["--run_dir=x", "--clips_per_class=1"], "whole numbers from 2 to 2000"),
        (["--run_dir=x", "--clips_per_class=10,many"], "whole numbers from 2 to 2000"),
        (["--run_dir=missing"], "error: missing is not a run"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(arguments, message):
    assert_answered_at_once(run_command("sagcn_tf.evaluate", *arguments), message)
