"""Spatial partitions of hand-made and real skeletons."""

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.layers import spatial_partitions
from sagcn_tf.skeleton import Skeleton
from tests import layer_checks


def test_a_chain_of_three_by_hand():
    """Joints 0 - 1 - 2 around the middle one; column n holds what joint n receives."""
    chain = layer_checks.adjacency_of(3, [(0, 1), (1, 2)])
    itself, closer, further = spatial_partitions(chain, 1)
    np.testing.assert_allclose(itself, np.diag([1 / 2, 1 / 3, 1 / 2]))
    np.testing.assert_allclose(closer, [[0, 0, 0], [1 / 2, 0, 1 / 2], [0, 0, 0]])
    np.testing.assert_allclose(further, [[0, 1 / 3, 0], [0, 0, 0], [0, 1 / 3, 0]])


def test_the_shoulder_and_the_center_of_the_15_joints_by_hand():
    """Thorax 7 is the center; the left shoulder 9 lies between it and the elbow 10."""
    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    partitions = spatial_partitions(skeleton.adjacency(), skeleton.center)
    received = [{m: s for m, s in enumerate(group[:, 9]) if s} for group in partitions]
    assert received == [{9: 1 / 3}, {7: 1 / 3}, {10: 1 / 3}]
    neighbors = np.flatnonzero(skeleton.adjacency()[7])
    of_center = [{m: s for m, s in enumerate(group[:, 7]) if s} for group in partitions]
    share = 1 / len(neighbors)
    assert of_center == [{7: share}, {}, {int(m): share for m in neighbors if m != 7}]


@pytest.mark.parametrize("metadata", [HUMAN36M_15, NTU_25], ids=["15 joints", "25 joints"])
def test_each_edge_is_in_one_group_and_what_a_joint_receives_sums_to_one(metadata):
    skeleton = Skeleton.from_metadata(metadata)
    adjacency = skeleton.adjacency()
    partitions = spatial_partitions(adjacency, skeleton.center)
    np.testing.assert_array_equal((partitions != 0).sum(axis=0), adjacency)
    np.testing.assert_allclose(partitions.sum(axis=(0, 1)), 1.0)
    itself, closer, further = partitions != 0
    # An edge leads towards the center from one side and away from it from the other.
    np.testing.assert_array_equal(itself, itself.T)
    np.testing.assert_array_equal(closer, further.T)
    np.testing.assert_array_equal(
        closer.any(axis=0), np.arange(skeleton.num_joints) != skeleton.center
    )
    # Only the two hips of the 15 joints, joined and equally far from the thorax, see each other.
    hips = skeleton.joints[0] == "RHip"
    assert itself.sum() == skeleton.num_joints + 2 * hips
    assert itself[0, 3] == hips


def test_neighbors_equally_far_from_the_center_count_as_the_joint_itself():
    triangle = layer_checks.adjacency_of(3, [(0, 1), (1, 2), (0, 2)])
    itself, closer, further = spatial_partitions(triangle, 0) * 3
    np.testing.assert_allclose(itself, [[1, 0, 0], [0, 1, 1], [0, 1, 1]])
    np.testing.assert_allclose(closer, [[0, 1, 1], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(further, [[0, 0, 0], [1, 0, 0], [1, 0, 0]])


@pytest.mark.parametrize("center", [-1, 3])
def test_a_center_that_is_no_joint_is_refused(center):
    with pytest.raises(
        ValueError, match=f"center must be the index of a joint, 0 to 2, received {center}"
    ):
        spatial_partitions(np.eye(3), center)
