import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.models.tuned.body_statistics import BodyStatistics, bone_matrix
from sagcn_tf.models.tuned.joints_from_bones import JointsFromBones
from sagcn_tf.models.tuned.motion_features import MotionFeatures
from sagcn_tf.skeleton import ROOT, Skeleton
from tests.small_data import SKELETON
from tests.tuned_reference import joints_of

# A chain of 78 joints that is numbered from its far end, so that no parent comes first; the root is
# a joint or lies at the origin.
CHAIN = [(i, i + 1) for i in range(77)]
CHAINS = [
    Skeleton(name, tuple(map(str, range(78))), tuple(CHAIN), tuple(bones), (), (), 0)
    for name, bones in (("chain", CHAIN), ("hanging chain", [*CHAIN, (77, ROOT)]))
]
SKELETONS = [SKELETON, *map(Skeleton.from_metadata, (HUMAN36M_15, NTU_25)), *CHAINS]


def random_body(skeleton, dimensions, seed=0):
    """`BodyStatistics` in which all numbers differ, except the two spreads of bones."""
    rng = np.random.default_rng(seed)
    joints = skeleton.num_joints
    bone_std = rng.uniform(0.5, 2, size=[joints, dimensions])
    return BodyStatistics(
        bones=bone_matrix(skeleton),
        mean=rng.normal(size=[joints, dimensions]),
        std=rng.uniform(0.5, 2, size=[joints, dimensions]),
        bone_mean=rng.normal(size=[joints, dimensions]),
        bone_std=bone_std,
        bone_scale=bone_std,
        length_mean=rng.uniform(1, 2, size=joints),
        length_std=rng.uniform(0.5, 2, size=joints),
        softening=0.01,
        difference_scale=3.0,
    )


def random_motion(skeleton, dimensions, seed=1):
    shape = [2, 4, skeleton.num_joints, dimensions]
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def adapted(layer, body):
    layer.adapt(body)
    return layer


@pytest.fixture(params=SKELETONS, ids=lambda skeleton: skeleton.name)
def skeleton(request):
    return request.param


@pytest.mark.parametrize("dimensions", [2, 3])
def test_each_joint_is_the_sum_of_the_bones_between_it_and_the_root(skeleton, dimensions):
    body, bones = random_body(skeleton, dimensions), random_motion(skeleton, dimensions)

    joints = adapted(JointsFromBones(skeleton, dimensions), body)(bones)

    assert joints.shape == bones.shape
    for clip, frame in np.ndindex(2, 4):
        vectors = bones[clip, frame] * body.bone_std + body.bone_mean
        expected = (joints_of(vectors, skeleton.parents()) - body.mean) / body.std
        np.testing.assert_allclose(joints[clip, frame], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_inverts_what_the_discriminators_see_as_bones(skeleton, dimensions):
    body, motion = random_body(skeleton, dimensions), random_motion(skeleton, dimensions)
    size = skeleton.num_joints * dimensions

    features = adapted(MotionFeatures(skeleton, dimensions), body)(motion).numpy()
    bones = features[..., size : 2 * size].reshape(motion.shape)
    joints = adapted(JointsFromBones(skeleton, dimensions), body)(bones)

    # Of 78 joints in a row, the last is a sum of 78 rounded numbers.
    np.testing.assert_allclose(joints, motion, atol=1e-5 if skeleton.num_joints < 78 else 1e-4)


def test_before_it_knows_a_body_bones_are_summed_as_they_are():
    bones = random_motion(SKELETON, 2)

    joints = JointsFromBones(SKELETON, 2)(bones)

    for clip, frame in np.ndindex(2, 4):
        expected = joints_of(bones[clip, frame], SKELETON.parents())
        np.testing.assert_allclose(joints[clip, frame], expected, atol=1e-5)


def test_nothing_of_it_is_trained_and_all_of_it_is_saved():
    layer = adapted(JointsFromBones(SKELETON, 2), random_body(SKELETON, 2))
    other = JointsFromBones(SKELETON, 2)
    other.set_weights(layer.get_weights())
    bones = random_motion(SKELETON, 2)

    assert not layer.trainable_variables
    np.testing.assert_array_equal(other(bones), layer(bones))


def test_mixed_precision_leaves_coordinates_as_they_are():
    body, bones = random_body(SKELETON, 2), random_motion(SKELETON, 2)
    exact, mixed = (
        adapted(JointsFromBones(SKELETON, 2, dtype=policy), body)
        for policy in ("float32", "mixed_bfloat16")
    )

    assert mixed(bones).dtype == tf.float32
    np.testing.assert_array_equal(mixed(bones), exact(bones))


def test_a_bone_that_never_moves_stays_where_it_is():
    """An error would be divided by the small spread of the joint, however large the output."""
    body = random_body(SKELETON, 2)
    body.bone_std[1] = 0
    bones, moved = random_motion(SKELETON, 2), random_motion(SKELETON, 2)
    moved[:, :, 1] += 100

    layer = adapted(JointsFromBones(SKELETON, 2), body)

    np.testing.assert_array_equal(layer(moved), layer(bones))
