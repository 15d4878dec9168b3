import csv
import json
import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest
from PIL import Image

from sagcn_tf import generate
from sagcn_tf.errors import UserError
from tests.bodies import SKELETON, wave
from tests.small_data import small_config, small_data

ROOT = pathlib.Path(__file__).parents[2]
DATA = types.SimpleNamespace(
    class_names=["walking", "sitting_down", "SittingDown 2"],
    skeleton=SKELETON,
    clip_rate=lambda frames: 2.5 * frames,
    unit="pixel",
    dataset="fake",
    mean=np.ones((15, 2)),
    unstandardise=lambda motion: 10.0 * motion + 1.0,
)
SEEDS = np.arange(7, 10, dtype=np.int32)


class FakeModel:
    """Rows depend on their own class and seed alone, as a model's contract says."""

    largest_batch = 0

    def generate(self, label, seed):
        assert label.dtype == np.float32 and seed.dtype == np.int32
        assert label.shape == (len(seed), len(DATA.class_names))
        self.largest_batch = max(self.largest_batch, len(seed))
        size = 100.0 * label.argmax(axis=1) + seed
        return np.stack([wave(4) * row for row in size]).astype(np.float32)


def test_motion_is_in_the_unit_of_the_data():
    motion = generate.generate(FakeModel(), DATA, 1, SEEDS)

    assert motion.dtype == np.float32
    np.testing.assert_allclose(motion[2], 10 * 109 * wave(4) + 1, rtol=1e-5)


def test_a_seed_gives_its_clip_alone_or_among_many():
    model = FakeModel()

    many = generate.generate(model, DATA, 0, np.arange(250, dtype=np.int32))
    alone = generate.generate(model, DATA, 0, np.array([203], np.int32))

    assert len(many) == 250
    np.testing.assert_array_equal(many[203], alone[0])
    assert model.largest_batch <= 100


@pytest.mark.parametrize(
    ("label", "number"),
    [("walking", 0), ("WALKING", 0), ("Sitting Down", 1), ("sitting-down", 1), ("sittingdown2", 2)],
)
def test_a_label_is_found_however_it_is_spelled(label, number):
    assert generate.find_label(label, DATA.class_names) == number


def test_an_unknown_label_is_answered_with_the_known_ones():
    expected = "--label=flying is unknown; expected one of: walking, sitting_down, SittingDown 2"

    with pytest.raises(UserError, match=expected):
        generate.find_label("flying", DATA.class_names)


@pytest.mark.parametrize("name", ["walk.npz", "WALK.NPZ"])
def test_arrays_come_back_without_pickles(tmp_path, name):
    motion = generate.generate(FakeModel(), DATA, 0, SEEDS)

    generate.write(tmp_path / name, motion, DATA, "walking", SEEDS)

    with np.load(tmp_path / name, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], motion)
        np.testing.assert_array_equal(arrays["seeds"], SEEDS)
        np.testing.assert_array_equal(arrays["edges"], SKELETON.edges)
        assert tuple(arrays["joints"]) == SKELETON.joints
        assert arrays["label"] == "walking"
        assert arrays["frame_rate"] == 10.0  # of clips of four frames
        assert arrays["unit"] == "pixel"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("name", "frames"), [("walk.gif", 4), ("walk.png", 1)])
def test_pictures_show_all_clips(tmp_path, name, frames):
    motion = generate.generate(FakeModel(), DATA, 0, SEEDS)

    generate.write(tmp_path / name, motion, DATA, "walking", SEEDS)
    generate.write(tmp_path / f"one_{name}", motion[:1], DATA, "walking", SEEDS[:1])

    with Image.open(tmp_path / name) as three, Image.open(tmp_path / f"one_{name}") as one:
        assert getattr(three, "n_frames", 1) == frames
        assert three.width * three.height > 2 * one.width * one.height


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    return names, np.array(rows, np.float32)


def test_a_table_has_a_column_for_each_coordinate(tmp_path):
    motion = generate.generate(FakeModel(), DATA, 0, SEEDS)[:1]

    paths = generate.write(tmp_path / "walk.csv", motion, DATA, "walking", SEEDS[:1])

    assert paths == [tmp_path / "walk.csv"]
    names, rows = read_table(paths[0])
    assert names == [f"{joint}_{axis}" for joint in SKELETON.joints for axis in "xy"]
    np.testing.assert_array_equal(rows.reshape(4, 15, 2), motion[0])


@pytest.mark.parametrize("suffix", [".csv", ".BVH"])
def test_each_clip_has_a_file_of_its_own_named_by_its_seed(tmp_path, suffix):
    motion = np.random.default_rng(0).normal(size=(3, 4, 15, 3))

    paths = generate.write(tmp_path / f"walk{suffix}", motion, DATA, "walking", SEEDS)

    assert [path.name for path in paths] == [f"walk_{seed}{suffix}" for seed in SEEDS]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    alone = generate.write(tmp_path / f"x{suffix}", motion[1:2], DATA, "walking", SEEDS[1:2])
    assert alone[0].read_bytes() == paths[1].read_bytes() != paths[0].read_bytes()


def test_a_bvh_file_has_the_rate_of_the_clips(tmp_path):
    motion = np.random.default_rng(0).normal(size=(1, 4, 15, 3))

    generate.write(tmp_path / "walk.bvh", motion, DATA, "walking", SEEDS[:1])

    assert "Frames: 4\nFrame Time: 0.1" in (tmp_path / "walk.bvh").read_text()


def test_images_are_not_written_as_bvh():
    generate.check_output("walk.csv", DATA)
    generate.check_output("walk.bvh", types.SimpleNamespace(mean=np.ones((15, 3))))

    with pytest.raises(
        UserError, match="--output=w.BVH: .* fake with 2 coordinates. Write .csv or"
    ):
        generate.check_output("w.BVH", DATA)


def test_a_model_that_generates_no_numbers_is_refused():
    model = types.SimpleNamespace(generate=lambda label, seed: np.full((3, 4, 15, 2), np.nan))

    with pytest.raises(UserError, match="generates NaN or infinity"):
        generate.generate(model, DATA, 0, SEEDS)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="--output=.*walk.npz cannot be written"):
        generate.write(tmp_path / "file" / "walk.npz", np.zeros((1, 2, 15, 2)), DATA, "x", SEEDS)


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
        (["--output=walk.mp4"], "must end in .npz, .gif, .png, .csv, .bvh"),
        (["--output=walk.gif", "--count=21"], "At most 20 clips are drawn"),
        (["--output=walk.npz", "--count=0"], "--count=0"),
        (["--output=walk.npz", "--seed=-1"], "--seed=-1"),
        (["--output=walk.npz", "--checkpoint=first"], "<best|last>"),
        (["--output=walk.npz"], "error: --run_dir=nowhere is not a run"),
        ([], "--output must have a value"),
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

    assert "--seed=2 --count=1 gives the\nthird clip of --seed=0 --count=3" in result.stdout


def test_what_does_not_suit_the_run_is_refused_before_tensorflow_is_imported(
    run_without_tensorflow, tmp_path
):
    data = small_data()
    small_config().save(tmp_path / "config.json")
    (tmp_path / "data.json").write_text(json.dumps(data.describe()))
    command = ["-m", "sagcn_tf.generate", "--run_dir=."]

    bvh = run_without_tensorflow(*command, "--label=waving", "--output=x.bvh")
    label = run_without_tensorflow(*command, "--label=flying", "--output=x.csv")

    assert bvh.stderr.startswith("error: --output=x.bvh: BVH holds 3-D motion")
    assert label.stderr.startswith("error: --label=flying is unknown; expected one of: waving,")


def test_the_command_writes_the_clips_of_its_seeds(run_without_tensorflow, tmp_path):
    script = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "from sagcn_tf import generate, runs\n"
        "from sagcn_tf.errors import run_main\n"
        "from tests.sagcn_tf.test_generate import DATA, FakeModel\n"
        "runs.read_config = runs.read_data = lambda run_dir: DATA\n"
        "runs.open_run = lambda run_dir, checkpoint: (FakeModel(), DATA, (run_dir, checkpoint))\n"
        "generate.define_flags()\n"
        "run_main(generate.main)\n"
    )
    flags = ["--run_dir=x", "--label=Sitting Down", "--seed=7", "--count=3", "--output=down.npz"]

    result = run_without_tensorflow("-c", script, *flags)

    assert result.stdout == "down.npz: 3 clips of sitting_down\n", result.stderr
    with np.load(tmp_path / "down.npz", allow_pickle=False) as arrays:
        expected = generate.generate(FakeModel(), DATA, 1, SEEDS)
        np.testing.assert_array_equal(arrays["motion"], expected)
        assert arrays["label"] == "sitting_down"
