import pytest

from tests.commands import run_python


def reproduce(*flags):
    return run_python("-m", "sagcn_tf.reproduce", *flags, timeout=60)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--table=1", "--systems=sagcn,kinetic"], "--systems=kinetic is not in this table, which"),
        (["--table=1", "--seeds=one"], "--seeds must be whole numbers from 0 to 2147483647"),
        (["--table=2", "--clips_per_class="], "--clips_per_class must be whole numbers from 2 to"),
        (["--table=4", "--steps=5", "--minutes=1"], "give --steps or --minutes, not both"),
        (["--table=3", "--manual_dir=nowhere"], "--manual_dir=nowhere is not a folder"),
        (["--figure=4"], "--figure needs --run_dir=DIR, the folder of a trained run"),
        (["--figure=9", "--run_dir=nowhere"], "nowhere is not a run"),
    ],
)
def test_a_mistake_is_one_line_before_anything_is_trained(flags, message):
    result = reproduce(*flags)

    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {message}"), result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unknown_table_is_refused_with_the_known_ones():
    result = reproduce("--table=6")

    assert result.returncode != 0
    assert "<1|2|3|4|5>" in result.stdout + result.stderr
