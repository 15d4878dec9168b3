import os
import pathlib
import subprocess
import sys

import pytest

from sagcn_tf.config import Config, make_config

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def train(tmp_path):
    """Runs the command line in an empty folder, where an import of TensorFlow fails."""
    (tmp_path / "fakes").mkdir()
    (tmp_path / "fakes" / "tensorflow.py").write_text(
        "raise ImportError('TensorFlow was imported')"
    )

    def run(*arguments, path=tmp_path / "fakes"):
        environment = {**os.environ, "PYTHONPATH": f"{path}:{ROOT}"}
        command = [sys.executable, "-m", "sagcn_tf.train", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def assert_started(result):
    """All checks were passed: only then is TensorFlow imported."""
    assert "ImportError: TensorFlow was imported" in result.stderr


def test_help_lists_every_field_with_its_defaults(train):
    result = train("--help")

    assert "TensorFlow was imported" not in result.stderr
    assert "python -m sagcn_tf.train --dataset=human36m --manual_dir=DIR" in result.stdout
    for name in (*Config.__dataclass_fields__, "run_dir", "data_dir", "manual_dir"):
        assert f"--{name}:" in result.stdout or f"--[no]{name}:" in result.stdout
    described = " ".join(result.stdout.split())
    assert "training steps (default: 100000; tuned: 20000; small: 3000)" in described
    assert "width of the embedded class (default: 20; of paper and authors)" in described
    assert "noise of the frames (default: 6; of tuned and small)" in described


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--steps=0", "steps must be int from 1 to 1000000000, received 0"),
        ("--learning_rate=nan", "learning_rate must be float from 1e-09 to 1.0, received nan"),
        ("--maps=3", "maps must hold 2 widths, received (3,)"),
        ("--maps=3,0", "maps must be int from 1 to 65536, received (3, 0)"),
        ("--filters=1,2,x,4,5", "--filters must be whole numbers, received ['1', '2', 'x', '4', "),
        ("--frames=19", "k_frame must be at most frames = 19, got 20"),
        ("--manual_dir=nowhere", "--manual_dir=nowhere is not a folder"),
        (
            f"--manual_dir={__file__}",
            f"--manual_dir={__file__} is not a folder. Give the folder th",
        ),
        (f"--manual_dir={ROOT}", f"--manual_dir={ROOT} is not read: synthetic has no"),
        ("--dataset=motion_folder", "motion_folder needs --manual_dir=DIR"),
    ],
)
def test_a_bad_value_is_one_line_and_status_1(train, flag, message):
    result = train(flag)

    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {message}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("flag", "named"),
    [
        ("--dataset=mnist", "human36m|human36m_3d|ntu_xview|"),
        ("--preset=huge", "<paper|authors|tuned|small>"),
        ("--steps=many", "--steps=many"),
        ("--stepz=3", "Unknown command line flag 'stepz'. Did you mean: steps"),
        ("steps", "got the arguments: steps"),
    ],
)
def test_what_is_no_flag_or_no_choice_is_named(train, flag, named):
    result = train(flag)

    assert result.returncode != 0
    assert named in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_start_that_gets_no_further_writes_nothing(train, tmp_path):
    assert_started(train("--seed=3", "--run_dir=x"))

    assert not (tmp_path / "x" / "config.json").exists()


def test_what_contradicts_a_run_is_one_line(train, tmp_path):
    (tmp_path / "x").mkdir()
    make_config(seed=3).save(tmp_path / "x" / "config.json")
    (tmp_path / "x" / "history.csv").touch()

    result = train("--run_dir=x", "--seed=4")

    assert result.returncode == 1
    assert result.stderr.startswith("error: x holds a run with seed=3, but --seed=4 was given")
    assert result.stderr.count("\n") == 1


def test_a_damaged_configuration_is_named(train, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "config.json").write_text("{")

    result = train("--run_dir=x")

    assert result.returncode == 1
    assert result.stderr.startswith("error: x/config.json is not the configuration of a run")


@pytest.mark.parametrize("level", ["0", None])
def test_missing_human36m_is_one_message_that_says_what_to_do(train, monkeypatch, level):
    if level is None:
        monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    else:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)

    result = train("--dataset=human36m", path=ROOT)

    assert result.returncode == 1
    log, _, message = result.stderr.partition("error: human36m could not be prepared")
    assert log == "" if level is None else log.endswith("\n")
    assert "http://vision.imar.ro/human3.6m" in message  # from whom
    assert "3D_positions" in message  # what
    assert "--manual_dir" in message  # where
    assert "Traceback" not in result.stderr
