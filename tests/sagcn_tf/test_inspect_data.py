import pytest

from tests.commands import assert_answered_at_once, run_command


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--output_dir"),
        (["--dataset=mnist"], "motion_folder>"),
        (["--frames=2"], "--frames=2"),
        (["--dataset=motion_folder"], "error: motion_folder needs --manual_dir=DIR"),
        (["--manual_dir=nowhere"], "error: --manual_dir=nowhere is not a folder"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    assert_answered_at_once(run_command("sagcn_tf.inspect_data", *flags), message)
