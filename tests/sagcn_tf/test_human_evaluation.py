import pytest

from tests.commands import assert_refused, run_python
from tests.small_study import small_study


def human_evaluation(*arguments):
    return run_python("-m", "sagcn_tf.human_evaluation", *arguments, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["judge", "--study_dir=x"], "expected one of prepare, serve, score, got: judge"),
        (["prepare", "--study_dir=x"], "error: prepare needs --run_dirs=DIR,DIR"),
        (["score", "--study_dir=nowhere"], "error: --study_dir=nowhere has no study: prepare one"),
    ],
)
def test_a_mistake_is_one_message(arguments, message):
    assert_refused(human_evaluation(*arguments), message)


def test_a_study_is_not_prepared_twice(tmp_path):
    small_study().save(tmp_path)

    result = human_evaluation("prepare", f"--study_dir={tmp_path}", "--run_dirs=nowhere")

    assert result.stderr.startswith(f"error: --study_dir={tmp_path} already has a study.")


def test_a_study_without_raters_was_not_collected(tmp_path):
    small_study().save(tmp_path)

    assert human_evaluation("score", f"--study_dir={tmp_path}").stdout == "not collected\n"
