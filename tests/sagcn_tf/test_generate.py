import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from sagcn_tf.generation.sampling import sample_label
from tests.fake_model import DATA, ONE_HOT, SEEDS, FakeModel
from tests.small_data import small_config, small_data

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def run_without_tensorflow(tmp_path):
    """Runs Python where an import of TensorFlow fails."""
    (tmp_path / "tensorflow.py").write_text("raise AssertionError('TensorFlow was imported')")

    def run(*arguments):
        environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--output=walk.avi"], "must end in .npz, .csv, .bvh, .glb, .gif, .mp4, .png"),
        (["--output=walk.gif", "--count=21"], "At most 20 clips are drawn"),
        (["--output=walk.npz", "--count=0"], "--count=0"),
        (["--output=walk.npz", "--seed=-1"], "--seed=-1"),
        (["--output=walk.npz", "--checkpoint=first"], "<best|last>"),
        (["--output=walk.npz"], "error: nowhere is not a run"),
        ([], "--output must have a value"),
        (["--output=walk.npz", "--mix=a:1"], "Exactly one of (label, mix, transition)"),
    ],
)
def test_bad_flags_are_refused_before_tensorflow_is_imported(
    run_without_tensorflow, flags, message
):
    result = run_without_tensorflow(
        "-m", "sagcn_tf.generate", "--run_dir=nowhere", "--label=walking", *flags
    )

    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_help_says_what_a_seed_means(run_without_tensorflow):
    result = run_without_tensorflow("-m", "sagcn_tf.generate", "--help")

    assert "--seed=2 --count=1 gives the third clip of --seed=0 --count=3" in result.stdout


def test_what_does_not_suit_the_run_is_refused_before_tensorflow_is_imported(
    run_without_tensorflow, tmp_path
):
    data = small_data()
    small_config().save(tmp_path / "config.json")
    (tmp_path / "data.json").write_text(json.dumps(data.describe()))
    command = ["-m", "sagcn_tf.generate", "--run_dir=."]

    bvh = run_without_tensorflow(*command, "--label=waving", "--output=x.bvh")
    label = run_without_tensorflow(*command, "--label=flying", "--output=x.csv")

    assert bvh.stderr.startswith("error: --output=x.bvh: BVH needs 3-D motion")
    assert label.stderr.startswith("error: class 'flying' is unknown; expected one of: waving,")


def test_the_command_writes_the_clips_of_its_seeds(run_without_tensorflow, tmp_path):
    script = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "from sagcn_tf import quiet_import\n"
        "quiet_import.import_tensorflow = lambda: None  # the fake model needs none\n"
        "from sagcn_tf import generate, runs\n"
        "from sagcn_tf.errors import run_main\n"
        "from tests.fake_model import DATA, FakeModel\n"
        "runs.read_config = runs.read_data = lambda run_dir: DATA\n"
        "runs.open_run = lambda run_dir, checkpoint: (FakeModel(), DATA, (run_dir, checkpoint))\n"
        "generate.define_flags()\n"
        "run_main(generate.main)\n"
    )
    flags = ["--run_dir=x", "--label=Sitting Down", "--seed=7", "--count=3", "--output=down.npz"]

    result = run_without_tensorflow("-c", script, *flags)

    assert result.stdout == "down.npz: 3 clips of sitting_down, in pixels\n", result.stderr
    with np.load(tmp_path / "down.npz", allow_pickle=False) as arrays:
        expected = sample_label(FakeModel(), DATA, ONE_HOT[1], SEEDS)
        np.testing.assert_array_equal(arrays["motion"], expected)
        assert arrays["label"] == "sitting_down"
