import csv
import types

import numpy as np
import pytest
from PIL import Image

from sagcn_tf.errors import UserError
from sagcn_tf.generation.sampling import sample_label
from sagcn_tf.generation.writers import check_output, write
from tests.bodies import SKELETON
from tests.fake_model import DATA, ONE_HOT, SEEDS, FakeModel


@pytest.mark.parametrize("name", ["walk.npz", "WALK.NPZ"])
def test_arrays_are_readable_without_pickles(tmp_path, name):
    motion = sample_label(FakeModel(), DATA, ONE_HOT[0], SEEDS)

    write(tmp_path / name, motion, DATA, "walking", SEEDS)

    with np.load(tmp_path / name, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], motion)
        np.testing.assert_array_equal(arrays["seeds"], SEEDS)
        np.testing.assert_array_equal(arrays["edges"], SKELETON.edges)
        assert tuple(arrays["joints"]) == SKELETON.joints
        assert arrays["label"] == "walking"
        assert arrays["frame_rate"] == 10.0  # for clips of four frames
        assert arrays["unit"] == "pixel"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("name", "frames"), [("walk.gif", 4), ("walk.png", 1)])
def test_pictures_show_all_clips(tmp_path, name, frames):
    motion = sample_label(FakeModel(), DATA, ONE_HOT[0], SEEDS)

    write(tmp_path / name, motion, DATA, "walking", SEEDS)
    write(tmp_path / f"one_{name}", motion[:1], DATA, "walking", SEEDS[:1])

    with Image.open(tmp_path / name) as three, Image.open(tmp_path / f"one_{name}") as one:
        assert getattr(three, "n_frames", 1) == frames
        assert three.width * three.height > 2 * one.width * one.height


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    return names, np.array(rows, np.float32)


def test_a_table_has_one_column_per_coordinate(tmp_path):
    motion = sample_label(FakeModel(), DATA, ONE_HOT[0], SEEDS)[:1]

    paths = write(tmp_path / "walk.csv", motion, DATA, "walking", SEEDS[:1])

    assert paths == [tmp_path / "walk.csv"]
    names, rows = read_table(paths[0])
    assert names == [f"{joint}_{axis}" for joint in SKELETON.joints for axis in "xy"]
    np.testing.assert_array_equal(rows.reshape(4, 15, 2), motion[0])


@pytest.mark.parametrize("suffix", [".csv", ".BVH"])
def test_each_clip_has_its_own_file_named_by_its_seed(tmp_path, suffix):
    motion = np.random.default_rng(0).normal(size=(3, 4, 15, 3))

    paths = write(tmp_path / f"walk{suffix}", motion, DATA, "walking", SEEDS)

    assert [path.name for path in paths] == [f"walk_{seed}{suffix}" for seed in SEEDS]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    alone = write(tmp_path / f"x{suffix}", motion[1:2], DATA, "walking", SEEDS[1:2])
    assert alone[0].read_bytes() == paths[1].read_bytes() != paths[0].read_bytes()


def test_a_bvh_file_has_the_rate_of_the_clips(tmp_path):
    motion = np.random.default_rng(0).normal(size=(1, 4, 15, 3))

    write(tmp_path / "walk.bvh", motion, DATA, "walking", SEEDS[:1])

    assert "Frames: 4\nFrame Time: 0.1" in (tmp_path / "walk.bvh").read_text()


def test_2d_motion_is_not_written_as_bvh():
    check_output("walk.csv", DATA)
    check_output("walk.bvh", types.SimpleNamespace(mean=np.ones((15, 3))))

    with pytest.raises(
        UserError, match="--output=w.BVH: .* fake with 2 coordinates. Write .csv or"
    ):
        check_output("w.BVH", DATA)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="--output=.*walk.npz cannot be written"):
        write(tmp_path / "file" / "walk.npz", np.zeros((1, 2, 15, 2)), DATA, "x", SEEDS)
