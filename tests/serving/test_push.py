import json

import pytest

from serving.pushing.blessing import write_blessing
from tests.commands import assert_refused, run_command
from tests.small_export import copied_export


def push(*flags):
    return run_command("serving.push", *flags)


def test_a_model_is_pushed_another_is_refused_and_the_first_is_brought_back(tmp_path):
    first = copied_export(tmp_path / "served" / "1")
    write_blessing(first, "elsewhere", tmp_path, None, {})
    good, bad = copied_export(tmp_path / "2"), copied_export(tmp_path / "3", mmd_seq=0.9)
    served = f"--base_path={tmp_path}/served"

    pushed = push(f"--model_dir={good}", served)
    refused = push(f"--model_dir={bad}", served, "--max_mmd_seq=0.5")
    back = push(served, "--rollback")

    assert f"blessed and pushed: {tmp_path}/served/2" in pushed.stdout, pushed.stderr
    blessing = json.loads((tmp_path / "served" / "withdrawn" / "2" / "blessing.json").read_text())
    assert blessing["infra_validation"]["requests"] == 18
    assert refused.returncode == 1
    assert "error: not pushed: mmd_seq is 0.9, expected at" in refused.stderr
    assert back.returncode == 0
    assert back.stdout == f"withdrawn: {tmp_path}/served/withdrawn/2\nserved: {first}\n"
    for result in (pushed, refused, back):  # the model is loaded by another process
        assert "| tensorflow" not in result.stderr
        assert "| sagcn_tf" not in result.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "--min_speed: lowest speed, as a multiple of that of real motion"),
        ([], "--base_path must have a value"),
        (["--base_path=x"], "Give --model_dir or --rollback, not both, or --labels alone"),
        (["--base_path=x", "--model_dir=y", "--rollback"], "--model_dir or --rollback, not both"),
        (["--base_path=x", "--model_dir=y", "--max_mmd_seq=-1"], "--max_mmd_seq=-1"),
        (["--base_path=x", "--model_dir=y", "--time_limit=0"], "--time_limit=0"),
        (["--base_path=x", "--labels=stable"], "--labels needs --model_config_file"),
        (
            ["--base_path=x", "--rollback", "--labels=a", "--model_config_file=z"],
            "--rollback, labels move by themselves",
        ),
        (
            ["--base_path=x", "--model_dir=y", "--model_config_file=z"],
            "error: --model_config_file=z cannot be read: No such file or directory. There is o",
        ),
        (["--base_path=x", "--model_dir=y"], "--model_dir=y is not an exported version"),
        (["--base_path=nowhere", "--rollback"], "error: --base_path=nowhere cannot be changed"),
    ],
)
def test_mistakes_are_answered_without_a_stack_trace(flags, message):
    assert_refused(push(*flags), message)
