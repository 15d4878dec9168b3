import dataclasses

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.models.tuned import body_statistics
from sagcn_tf.models.tuned.body_statistics import BodyStatistics, bone_matrix
from sagcn_tf.skeleton import ROOT, Skeleton
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_data
from tests.tuned_reference import PARENTS, bones_of

CLASSES = len(CLASS_NAMES)


def use_clips(monkeypatch, clips):
    """Replaces the measured clips by these; the returned list records the requests."""
    asked = []

    def clips_instead(*arguments):
        asked.append(arguments)
        return clips

    monkeypatch.setattr(body_statistics, "evaluation_clips", clips_instead)
    return asked


def random_clips(dimensions, seed=0):
    """`[C, m, T, N, D]`, standardized."""
    shape = [CLASSES, 4, FRAMES, SKELETON.num_joints, dimensions]
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_means_and_spreads_are_those_of_loops_over_all_bones(monkeypatch, dimensions):
    data, clips = small_data(dimensions), random_clips(dimensions)
    asked = use_clips(monkeypatch, clips)

    body = BodyStatistics.from_data(data, FRAMES)

    (arguments,) = asked
    assert arguments[:2] == (data, "train") and arguments[-1] == FRAMES
    bones, differences = [], []
    for clip in clips.reshape(-1, *clips.shape[2:]):
        bones += [bones_of(pose * data.std + data.mean, PARENTS) for pose in clip]
        differences += [after - before for before, after in zip(clip, clip[1:], strict=False)]
    size = np.mean([np.sqrt(bone @ bone) for pose in bones for bone in pose])
    lengths = [[np.sqrt(bone @ bone + (0.02 * size) ** 2) for bone in pose] for pose in bones]
    expected = {
        "mean": data.mean,
        "std": data.std,
        "bone_mean": np.mean(bones, axis=0),
        "bone_std": np.std(bones, axis=0),
        "bone_scale": np.std(bones, axis=0),
        "length_mean": np.mean(lengths, axis=0),
        "length_std": np.std(lengths, axis=0),
        "softening": (0.02 * size) ** 2,
        "difference_scale": 0.25 / np.sqrt(np.mean(np.square(differences))),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(body, name), value, rtol=1e-5, atol=1e-6, err_msg=name)


def test_a_bone_leads_from_the_parent_and_that_of_the_root_from_the_origin():
    two = {"name": "two", "joints": ("a", "b"), "edges": ((0, 1),), "left": (), "right": ()}
    with_root_joint = Skeleton(**two, bones=((0, 1),), center=0)
    with_root_at_origin = Skeleton(**two, bones=((1, ROOT), (0, 1)), center=0)

    np.testing.assert_array_equal(bone_matrix(with_root_joint), [[1, 0], [-1, 1]])
    np.testing.assert_array_equal(bone_matrix(with_root_at_origin), [[1, -1], [0, 1]])


@pytest.mark.parametrize("metadata", [HUMAN36M_15, NTU_25], ids=lambda metadata: metadata["name"])
def test_bones_of_a_whole_body_are_those_of_a_loop(metadata):
    skeleton = Skeleton.from_metadata(metadata)
    pose = np.random.default_rng(0).normal(size=[skeleton.num_joints, 3])

    bones = bone_matrix(skeleton) @ pose

    np.testing.assert_allclose(bones, bones_of(pose, skeleton.parents()))


def test_spreads_of_rigid_bones_and_of_joints_that_never_move_are_shares_of_a_length(monkeypatch):
    """The hip rests at the origin, the chest above it; the head circles about the chest."""
    chest, head = SKELETON.joints.index("chest"), SKELETON.joints.index("head")
    clips = random_clips(2)
    clips[..., 0, :], clips[..., chest, :] = 0, [0, -2]
    angle = np.linspace(0, 30, clips[..., 0, 0].size).reshape(clips.shape[:3])
    clips[..., head, :] = clips[..., chest, :] + np.stack([np.cos(angle), np.sin(angle)], -1)
    use_clips(monkeypatch, clips)
    unit = np.ones([SKELETON.num_joints, 2], np.float32)

    body = BodyStatistics.from_data(
        dataclasses.replace(small_data(), mean=0 * unit, std=unit), FRAMES
    )

    size = np.sqrt(body.softening) / 0.02
    np.testing.assert_allclose(body.bone_std[[0, chest]], 0, atol=1e-6)
    np.testing.assert_allclose(body.bone_scale[[0, chest]], 0.02 * size)
    assert (body.bone_std[head] > 0.5).all()
    rigid = [chest, head]
    np.testing.assert_allclose(body.length_mean[rigid], [2, 1], rtol=1e-2)
    np.testing.assert_allclose(body.length_std[rigid], 0.05 * body.length_mean[rigid])
    assert body.length_std[0] > 0  # for a bone of length 0


def test_motion_that_stands_still_has_finite_statistics(monkeypatch):
    clips = random_clips(2)
    clips[:] = clips[:1, :1, :1]
    use_clips(monkeypatch, clips)

    body = BodyStatistics.from_data(small_data(), FRAMES)

    assert body.difference_scale == 0.25 / 1e-3
    assert all(np.isfinite(value).all() for value in dataclasses.astuple(body))
    assert min(body.bone_scale.min(), body.length_std.min(), body.softening) > 0


def test_statistics_follow_the_unit_of_the_data():
    data = small_data(3)
    meters = BodyStatistics.from_data(data, FRAMES)

    other = dataclasses.replace(data, mean=1000 * data.mean, std=1000 * data.std)
    millimeters = BodyStatistics.from_data(other, FRAMES)

    powers = {field.name: 1 for field in dataclasses.fields(BodyStatistics)}
    powers |= {"bones": 0, "softening": 2, "difference_scale": 0}
    for name, value in dataclasses.asdict(meters).items():
        scaled = value * 1000.0 ** powers[name]
        np.testing.assert_allclose(getattr(millimeters, name), scaled, rtol=1e-4, err_msg=name)


def test_without_data_means_are_zero_and_spreads_one():
    body = BodyStatistics.identity(SKELETON, 3)

    for name in ("mean", "bone_mean"):
        np.testing.assert_array_equal(getattr(body, name), np.zeros([SKELETON.num_joints, 3]))
    for name in ("std", "bone_std", "bone_scale"):
        np.testing.assert_array_equal(getattr(body, name), np.ones([SKELETON.num_joints, 3]))
    np.testing.assert_array_equal(body.length_std, np.ones(SKELETON.num_joints))
    assert body.softening > 0 and body.difference_scale == 1
