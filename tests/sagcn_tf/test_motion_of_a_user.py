"""A user's folder of BVH files goes through everything: train, evaluate, generate, inspect."""

import dataclasses
import json

import numpy as np
import pytest

from datasets.motion_folder.bvh import read_bvh
from sagcn_tf import runs
from sagcn_tf.data import input_pipeline, inspection
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import selection
from sagcn_tf.evaluation.run import evaluate_run
from sagcn_tf.generation.labels import find_label
from sagcn_tf.generation.sampling import sample_label
from sagcn_tf.generation.writers import write
from sagcn_tf.training.run import train_run
from tests.bvh_folder import ACTIONS, JOINTS, write_bvh_folder
from tests.small_data import small_config

FRAMES, SEEDS = 8, np.arange(2, dtype=np.int32)
CONFIG = dataclasses.replace(
    small_config(steps=2, evaluate_every=2, clips_per_class=2, ema_decay=0.5),
    dataset="motion_folder",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The folders of the user's motion, of prepared data, and of a finished run."""
    folder = tmp_path_factory.mktemp("world")
    bvh = write_bvh_folder(folder / "bvh", files=3, frames=20)
    (folder / "run").mkdir()
    CONFIG.save(folder / "run" / "config.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "CLIPS", 2)
        assert train_run(CONFIG, folder / "run", str(folder / "data"), str(bvh))
    return folder


@pytest.fixture(scope="module")
def opened(world):
    return runs.open_run(world / "run", "last")


def test_training_leaves_weights_and_pictures(world):
    described = json.loads((world / "run" / "data.json").read_text())

    assert described["class_names"] == list(ACTIONS)
    assert described["skeleton"]["joints"] == list(JOINTS)
    for name in ("film_strips.png", "attention.png", "curves.png", "motion.gif"):
        assert (world / "run" / "samples" / name).stat().st_size > 1000


def test_the_run_is_evaluated(world):
    data = input_pipeline.load("motion_folder", str(world / "data"), str(world / "bvh"))

    text = evaluate_run(world / "run", "last", data, [3], world / "data", world / "classifiers")

    assert text.startswith("motion_folder: MMD") and "in units (per frame)" in text


@pytest.fixture(scope="module")
def waving(opened):
    model, data, _ = opened
    label = np.eye(len(ACTIONS), dtype=np.float32)[find_label("waving", data.class_names)]
    motion = sample_label(model, data, label, SEEDS)
    assert motion.shape == (2, FRAMES, 22, 3)
    return motion


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".bvh", ".glb", ".gif", ".mp4", ".png"])
def test_motion_is_written_in_every_form(opened, waving, tmp_path, suffix):
    paths = write(tmp_path / f"wave{suffix}", waving, opened[1], "waving", SEEDS)

    assert len(paths) == (2 if suffix in (".csv", ".bvh") else 1)
    assert all(path.stat().st_size > 1000 for path in paths)


def test_bvh_files_have_the_rig_and_the_rate_of_the_user(world, opened, waving, tmp_path):
    paths = write(tmp_path / "wave.bvh", waving, opened[1], "waving", SEEDS)

    user, bvh = read_bvh(world / "bvh" / "waving" / "take1.bvh"), read_bvh(paths[1])
    assert bvh.joints == user.joints == tuple(JOINTS)
    for field in ("parents", "channels"):
        assert getattr(bvh.rig, field) == getattr(user.rig, field)
    np.testing.assert_allclose(bvh.rig.offsets, user.rig.offsets, atol=1e-4)
    assert bvh.frame_rate == pytest.approx(30, rel=1e-3) and len(bvh.positions) == 2 * FRAMES - 1
    heights = [one.positions[..., 1].min(axis=1) for one in (bvh, user)]
    np.testing.assert_allclose(heights[0], heights[0][0], atol=1e-3)  # feet stay on the floor
    assert heights[0][0] == pytest.approx(np.median(heights[1]), abs=3)  # of centimeters


def test_the_folder_is_inspected(world, tmp_path):
    folders = str(world / "data"), str(world / "bvh")

    text, _ = inspection.inspect("motion_folder", *folders, tmp_path, FRAMES)

    assert "6 train and 3 test sequences of 3 actions: 22 joints" in text and "* nothing" in text


def test_what_was_generated_can_be_trained_on(opened, tmp_path):
    model, data, _ = opened
    for label, action in enumerate(ACTIONS):
        motion = sample_label(model, data, np.eye(len(ACTIONS), dtype=np.float32)[label], SEEDS)
        write(tmp_path / "again" / action / "x.bvh", motion, data, action, SEEDS)

    text, _ = inspection.inspect(
        "motion_folder", str(tmp_path / "data"), str(tmp_path / "again"), tmp_path, frames=8
    )

    assert "3 train and 3 test sequences of 3 actions: 22 joints" in text
    assert (
        "30 frames per second. A clip of 8 frames takes every second frame" in text
        and "* nothing" in text
    )


def test_the_run_refuses_the_folder_once_it_has_changed(world, tmp_path):
    changed = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    take = changed / "waving" / "take1.bvh"
    take.write_text(take.read_text().replace("Frame Time: 0.033333", "Frame Time: 0.033334"))

    with pytest.raises(UserError, match="was started with different data"):
        train_run(CONFIG, world / "run", str(world / "data"), str(changed))
    data = input_pipeline.load("motion_folder", str(world / "data"), str(changed))
    with pytest.raises(UserError, match="contains different data than"):
        evaluate_run(world / "run", "last", data, [3], world / "data", world / "classifiers")
