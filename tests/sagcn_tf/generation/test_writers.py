import csv
import types

import numpy as np
import pytest
from PIL import Image

from datasets.motion_folder.readers import read_recording
from sagcn_tf.errors import UserError
from sagcn_tf.generation.sampling import sample_label
from sagcn_tf.generation.writers import check_output, write
from tests.bodies import SKELETON
from tests.fake_model import DATA, ONE_HOT, SEEDS, FakeModel
from tests.rigs import NAMES, dancing, places_of, skeleton, source, to_motion
from tests.sagcn_tf.generation.test_glb import Glb

SOLID = types.SimpleNamespace(**{**vars(DATA), "mean": np.ones((15, 3))})
RIGGED = types.SimpleNamespace(
    **{
        **vars(SOLID),
        "skeleton": skeleton(),
        "source": source(),
        "recorded_rate": 30.0,
        "clip_rate": lambda frames: 30.0 if frames > 4 else 10.0,
    }
)


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
        header, names, *rows = csv.reader(file)
    return header, names, np.array(rows, np.float32)


def test_a_table_has_one_column_per_coordinate(tmp_path):
    motion = sample_label(FakeModel(), DATA, ONE_HOT[0], SEEDS)[:1]

    paths = write(tmp_path / "walk.csv", motion, DATA, "walking", SEEDS[:1])

    assert paths == [tmp_path / "walk.csv"]
    header, names, rows = read_table(paths[0])
    assert header == ["# unit pixel; 10 frames per second; x to the right; y down"]
    assert names == [f"{joint}_{axis}" for joint in SKELETON.joints for axis in "xy"]
    np.testing.assert_array_equal(rows.reshape(4, 15, 2), motion[0])


@pytest.mark.parametrize("suffix", [".csv", ".BVH"])
def test_each_clip_has_its_own_file_named_by_its_seed(tmp_path, suffix):
    motion = np.random.default_rng(0).normal(size=(3, 4, len(NAMES), 3))

    paths = write(tmp_path / f"walk{suffix}", motion, RIGGED, "walking", SEEDS)

    assert [path.name for path in paths] == [f"walk_{seed}{suffix}" for seed in SEEDS]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    alone = write(tmp_path / f"x{suffix}", motion[1:2], RIGGED, "walking", SEEDS[1:2])
    assert alone[0].read_bytes() == paths[1].read_bytes() != paths[0].read_bytes()


def test_a_bvh_file_has_the_rate_of_the_clips(tmp_path):
    motion = np.random.default_rng(0).normal(size=(1, 4, 15, 3))

    write(tmp_path / "walk.bvh", motion, SOLID, "walking", SEEDS[:1])

    assert "Frames: 4\nFrame Time: 0.1" in (tmp_path / "walk.bvh").read_text()


def test_2d_motion_is_not_written_as_bvh():
    check_output("walk.csv", DATA)
    check_output("walk.bvh", SOLID)

    for suffix in (".BVH", ".glb"):
        with pytest.raises(
            UserError, match=f"--output=w{suffix}: .* fake with 2 coordinates. Write .csv or"
        ):
            check_output(f"w{suffix}", DATA)


def test_the_rig_of_the_user_is_written_at_the_rate_of_the_recordings(tmp_path):
    motion = np.random.default_rng(0).normal(size=(1, 4, len(NAMES), 3))

    write(tmp_path / "walk.bvh", motion, RIGGED, "walking", SEEDS[:1])

    text = (tmp_path / "walk.bvh").read_text()
    assert "Frames: 10\nFrame Time: 0.033333333" in text  # of four frames, 10 per second
    assert "JOINT RightForeArm" in text and "OFFSET -30.0" in text


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".bvh"])
def test_what_is_written_can_be_read_as_a_file_of_a_user(tmp_path, suffix):
    """At the same scale, with the unit where the format has a place for it, and the rate."""
    motion = to_motion(places_of(*dancing()))[None]

    paths = write(tmp_path / f"x{suffix}", motion, RIGGED, "walking", SEEDS[:1])

    read = read_recording(paths)
    positions = to_motion(read.positions) if suffix == ".bvh" else read.positions
    tolerance = 0.2 if suffix == ".bvh" else 1e-5  # of about 170
    assert read.joints == NAMES
    np.testing.assert_allclose(positions, motion[0], atol=tolerance)
    assert read.frame_rate == pytest.approx(30, rel=1e-5)
    assert read.unit == (None if suffix == ".bvh" else "pixel")


def test_a_body_with_root_motion_goes_and_jumps(tmp_path):
    """In files of animation it moves as it does in the motion; y = 0 is the floor."""
    moving = types.SimpleNamespace(**{**vars(RIGGED), "root_motion": (0,)})
    time = np.linspace(0, 1, 12)[:, None]
    way = np.concatenate([200 * time, 40 * (2 * time - 1) ** 2 - 130, -70 * time], axis=1)
    motion = (to_motion(places_of(*dancing(size=0.1))) + way[:, None])[None]

    write(tmp_path / "x.bvh", motion, moving, "jumping", SEEDS[:1])
    write(tmp_path / "x.glb", motion, moving, "jumping", SEEDS[:1])

    bvh, glb = read_recording([tmp_path / "x.bvh"]).positions, Glb(tmp_path / "x.glb")
    hips = next(n for n, node in enumerate(glb.scene["nodes"]) if node["name"] == "Hips")
    meters = np.array([glb.transforms(frame)[hips, :3, 3] for frame in range(12)])
    for places, scale in ((bvh[:, 0], 1), (meters, 100)):
        moved = (places - places[0]) * scale * [1, -1, -1]
        np.testing.assert_allclose(moved, way - way[0], atol=1)
    lowest = bvh[..., 1].min(axis=1)
    np.testing.assert_allclose(lowest, -motion[0, ..., 1].max(axis=1), atol=2)
    assert lowest.min() < 10 and lowest.max() > 30


def test_a_damaged_rig_is_named(tmp_path):
    for damaged in ({"up": "+y", "rig": {"joints": ["a"]}}, source(parents=[5])):
        data = types.SimpleNamespace(**{**vars(RIGGED), "source": damaged})
        with pytest.raises(UserError, match="the rig in the description of the data is damaged"):
            write(tmp_path / "x.bvh", np.zeros((1, 4, 22, 3)), data, "walking", SEEDS[:1])


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="--output=.*walk.npz cannot be written"):
        write(tmp_path / "file" / "walk.npz", np.zeros((1, 2, 15, 2)), DATA, "x", SEEDS)
