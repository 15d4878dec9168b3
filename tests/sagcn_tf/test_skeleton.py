import json

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.skeleton import ROOT, Skeleton

ARM = {
    "name": "arm",
    "joints": ["chest", "elbow", "hand", "other_hand"],
    "edges": [[0, 1], [1, 2], [0, 3]],
    "bones": [[ROOT, 0], [0, 1], [1, 2], [0, 3]],
    "left": [1, 2],
    "right": [3],
    "center": 0,
}


def test_adjacency_is_the_symmetric_graph_with_self_connections():
    expected = [[1, 1, 0, 1], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]]

    adjacency = Skeleton.from_metadata(ARM).adjacency()

    assert adjacency.dtype == np.float32
    np.testing.assert_array_equal(adjacency, expected)


def test_metadata_survives_json():
    skeleton = Skeleton.from_metadata(ARM)

    metadata = json.loads(json.dumps(skeleton.to_metadata()))

    assert metadata == ARM
    assert Skeleton.from_metadata(metadata) == skeleton
    assert hash(Skeleton.from_metadata(metadata)) == hash(skeleton)


def test_the_motion_of_the_root_is_a_node_without_bones():
    skeleton = Skeleton.from_metadata({**ARM, "bones": [[0, 1], [1, 2], [0, 3]]})

    moving = skeleton.with_root_motion((0, 1))

    assert moving.num_joints == 5 and moving.parents() == (*skeleton.parents(), None)
    np.testing.assert_array_equal(moving.adjacency()[:4, :4], skeleton.adjacency())
    np.testing.assert_array_equal(moving.adjacency()[4], [1, 1, 0, 0, 1])
    metadata = json.loads(json.dumps(moving.to_metadata()))
    assert Skeleton.from_metadata(metadata) == moving


def test_a_skeleton_may_have_a_single_joint():
    lone = {**ARM, "joints": ["dot"], "edges": [], "bones": [], "left": [], "right": []}

    np.testing.assert_array_equal(Skeleton.from_metadata(lone).adjacency(), [[1.0]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"joints": []}, "`joints`: expected at least one joint"),
        (
            {"joints": ["chest", "hand", "hand", "foot"]},
            r"`joints`.*\['hand'\] appear more",
        ),
        ({"edges": [[0, 1], [1, 2], [0, 4]]}, r"`edges`: joint 4 of \(0, 4\).*0 to 3"),
        ({"edges": [[0, 1], [1, 2], [ROOT, 3]]}, r"`edges`: joint -1 .*0 to 3"),
        ({"edges": [[0, 1], [1, 1], [0, 3]]}, r"`edges`: .*two different joints, got \(1, 1\)"),
        ({"edges": [[0, 1, 2]]}, r"`edges`: expected pairs .*\(0, 1, 2\)"),
        ({"edges": [[0, 1], [2, 3]]}, r"not connected: .*'chest' to \['hand', 'other_hand'\]"),
        ({"bones": [[-2, 0]]}, r"`bones`: joint -2 .*-1 to 3"),
        ({"left": [7]}, r"`left`: joint 7 .*0 to 3"),
        ({"right": [ROOT]}, r"`right`: joint -1 .*0 to 3"),
        ({"right": [2, 3]}, r"`left`: joints \[2\] are also in `right`"),
        ({"center": 4}, r"`center`: joint 4 .*0 to 3"),
        ({"color": "red"}, r"'arm' has unknown keys \['color'\]"),
    ],
)
def test_an_invalid_field_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        Skeleton.from_metadata({**ARM, **changes})


def test_a_missing_key_is_named():
    without_left = {key: value for key, value in ARM.items() if key != "left"}

    with pytest.raises(ValueError, match=r"'arm' is missing the keys \['left'\]"):
        Skeleton.from_metadata(without_left)


def test_parents_follow_bones_from_the_root():
    skeleton = Skeleton.from_metadata(HUMAN36M_15)

    parents = dict(zip(skeleton.joints, skeleton.parents(), strict=True))

    # The edges between the hips and the spine form a cycle and are not bones.
    assert parents["RHip"] == parents["LHip"] == parents["Spine"] == ROOT
    assert skeleton.joints[parents["Thorax"]] == "Spine"
    assert skeleton.joints[parents["RWrist"]] == "RElbow"


def test_the_root_is_the_origin_or_the_first_joint():
    assert Skeleton.from_metadata(HUMAN36M_15).root == ROOT
    assert Skeleton.from_metadata(NTU_25).root == 0


def test_without_an_origin_root_the_first_joint_has_no_parent():
    skeleton = Skeleton.from_metadata(NTU_25)

    assert skeleton.parents()[0] is None
    assert all((min(pair), max(pair)) in edges_of(skeleton) for pair in links(skeleton))


def test_parents_follow_edges_where_there_are_no_bones():
    ring = {**ARM, "edges": [[0, 1], [1, 2], [2, 3], [3, 0]], "bones": [[1, 2]]}
    lone = {**ARM, "joints": ["dot"], "edges": [], "bones": [], "left": [], "right": []}

    assert Skeleton.from_metadata(ring).parents() == (None, 0, 1, 0)
    assert Skeleton.from_metadata(lone).parents() == (None,)


def edges_of(skeleton):
    return {(min(edge), max(edge)) for edge in skeleton.edges}


def links(skeleton):
    pairs = [pair for pair in enumerate(skeleton.parents()) if pair[1] is not None]
    assert len(pairs) == skeleton.num_joints - 1
    return pairs
