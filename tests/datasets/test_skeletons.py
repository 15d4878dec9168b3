"""The skeletons are connected graphs without duplicate edges, symmetric in left and right."""

import json

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15, NTU_25

both_skeletons = pytest.mark.parametrize(
    "skeleton", [HUMAN36M_15, NTU_25], ids=lambda skeleton: skeleton["name"]
)


def adjacency(skeleton):
    matrix = np.zeros((len(skeleton["joints"]),) * 2, dtype=int)
    for first, second in skeleton["edges"]:
        matrix[first, second] += 1
        matrix[second, first] += 1
    return matrix


@both_skeletons
def test_names_are_unique_and_as_many_as_the_name_says(skeleton):
    assert len(set(skeleton["joints"])) == len(skeleton["joints"])
    assert skeleton["name"].endswith(str(len(skeleton["joints"])))


@both_skeletons
def test_every_edge_is_listed_once_and_joins_two_different_joints(skeleton):
    matrix = adjacency(skeleton)
    assert matrix.max() == 1
    assert np.trace(matrix) == 0


@both_skeletons
def test_every_joint_can_be_reached_from_every_other(skeleton):
    steps = np.linalg.matrix_power(adjacency(skeleton) + np.eye(len(skeleton["joints"])), 25)
    assert np.all(steps > 0)


@both_skeletons
def test_left_and_right_joints_mirror_each_other_by_name(skeleton):
    names = skeleton["joints"]
    left = [names[joint] for joint in skeleton["left"]]
    right = [names[joint] for joint in skeleton["right"]]
    assert [name[0] for name in left] == ["L"] * len(left)
    assert [name[0] for name in right] == ["R"] * len(right)
    assert [name[1:] for name in left] == [name[1:] for name in right]


@both_skeletons
def test_the_graph_is_the_same_when_left_and_right_are_exchanged(skeleton):
    mirror = np.arange(len(skeleton["joints"]))
    mirror[skeleton["left"]], mirror[skeleton["right"]] = skeleton["right"], skeleton["left"]
    matrix = adjacency(skeleton)
    np.testing.assert_array_equal(matrix, matrix[np.ix_(mirror, mirror)])


@both_skeletons
def test_bones_form_a_tree_over_all_joints(skeleton):
    parent_of = {joint: joint for bone in skeleton["bones"] for joint in bone}

    def root(joint):
        return joint if parent_of[joint] == joint else root(parent_of[joint])

    for first, second in skeleton["bones"]:
        assert root(first) != root(second), f"bone {first}-{second} closes a ring"
        parent_of[root(first)] = root(second)
    assert set(range(len(skeleton["joints"]))) <= set(parent_of)
    assert len({root(joint) for joint in parent_of}) == 1


@both_skeletons
def test_the_center_has_the_most_neighbors(skeleton):
    neighbors = adjacency(skeleton).sum(axis=0)
    assert neighbors[skeleton["center"]] == neighbors.max() == 4


@both_skeletons
def test_skeletons_fit_into_json_metadata(skeleton):
    assert json.loads(json.dumps(skeleton)) == skeleton
