import pytest

from tests.commands import assert_answered_at_once, run_command


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--classifier_dir"),
        (["--dataset=mnist"], "motion_folder>"),
        (["--dataset=motion_folder"], "error: motion_folder needs --manual_dir=DIR"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    assert_answered_at_once(run_command("sagcn_tf.train_classifier", *flags), message)
