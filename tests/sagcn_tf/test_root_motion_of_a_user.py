"""A large rig with root motion goes from the files of a user to files on that rig."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from datasets.motion_folder.bvh import read_bvh
from sagcn_tf import runs
from sagcn_tf.data import input_pipeline
from sagcn_tf.exporting.served_model import ServedModel
from sagcn_tf.generation.sampling import sample_label
from sagcn_tf.generation.writers import write
from tests.bvh_folder import JOINTS, write_bvh_folder
from tests.large_rig import LARGE_RIG
from tests.sagcn_tf.generation.test_glb import Glb
from tests.small_data import small_config

CONFIG = dataclasses.replace(small_config("tuned"), dataset="motion_folder")
SEEDS = np.arange(2, dtype=np.int32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_bvh_folder(tmp_path_factory.mktemp("bvh") / "x", 2, 20, LARGE_RIG)
    (folder / "skeleton.json").write_text('{"root_motion": true}')
    return folder


@pytest.fixture(scope="module")
def data(folder):
    prepared = str(folder.parent / "data")
    return input_pipeline.load("motion_folder", prepared, str(folder), CONFIG.frames)


@pytest.fixture(scope="module", autouse=True)
def eager(data):
    """The data are read. A few steps and clips take less time than to trace them."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def model(data):
    """A model after a step of training."""
    model = runs.new_model(CONFIG, data)
    model.adapt(data)
    model.compile(run_eagerly=True)
    clips = input_pipeline.evaluation_clips(data, "train", 1, 0, CONFIG.frames)[:, 0]
    before = [weight.numpy() for weight in model.generator.trainable_variables]
    model.update((tf.constant(clips), tf.eye(3)))
    after = [weight.numpy() for weight in model.generator.trainable_variables]
    assert any((one != other).any() for one, other in zip(before, after, strict=True))
    return model


@pytest.fixture(scope="module")
def motion(model, data):
    return sample_label(model, data, np.eye(3, dtype=np.float32)[1], SEEDS)


def test_the_joints_that_matter_are_trained_on(data, model, motion):
    assert set(data.skeleton.joints) == set(JOINTS) and len(LARGE_RIG) == 78
    assert model.pose_shape == (23, 3) and motion.shape == (2, 8, 22, 3)


def test_bvh_files_have_all_joints_at_their_offsets(folder, data, motion, tmp_path):
    paths = write(tmp_path / "x.bvh", motion, data, "stepping", SEEDS)

    user, bvh = read_bvh(folder / "stepping" / "take1.bvh"), read_bvh(paths[1])
    assert bvh.joints == user.joints == tuple(LARGE_RIG)
    offsets = np.array([offset for _, offset in LARGE_RIG.values()], np.float64)
    np.testing.assert_allclose(bvh.rig.offsets[1:], offsets[1:], atol=1e-5)
    for joint, (parent, offset) in LARGE_RIG.items():
        if parent:
            ends = [bvh.positions[:, list(LARGE_RIG).index(one)] for one in (joint, parent)]
            length = np.linalg.norm(ends[0] - ends[1], axis=-1)
            np.testing.assert_allclose(length, np.linalg.norm(offset), rtol=1e-3)


def test_the_body_goes_where_the_motion_goes(data, motion, tmp_path):
    bvh, _ = write(tmp_path / "x.bvh", motion, data, "stepping", SEEDS)
    (glb,) = write(tmp_path / "x.glb", motion, data, "stepping", SEEDS)

    way = (motion[0, -1, 0] - motion[0, 0, 0]) * [1, -1, -1]
    assert np.linalg.norm(way) > 1e-2
    hips = read_bvh(bvh).positions[:, 0]
    np.testing.assert_allclose(hips[-1] - hips[0], way, atol=1e-3)
    scene = Glb(glb)
    assert {node["name"] for node in scene.scene["nodes"]} >= set(LARGE_RIG)
    node = next(n for n, one in enumerate(scene.scene["nodes"]) if one["name"] == "Hips")
    first, last = (scene.transforms(frame)[node, :3, 3] for frame in (0, 7))
    np.testing.assert_allclose(100 * (last - first), way, atol=1e-3)


def test_a_served_model_generates_the_same(data, model, motion):
    served = ServedModel(model, data)

    answer = served.generate(tf.ones([2], tf.int32), tf.constant(SEEDS))["motion"]

    np.testing.assert_allclose(answer, motion, atol=1e-3)
    assert served.description["root_motion"] == [0]
