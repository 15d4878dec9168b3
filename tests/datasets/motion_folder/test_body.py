import numpy as np
import pytest

from datasets.motion_folder import body
from datasets.motion_folder.settings import Settings
from datasets.raw_data_error import RawDataError
from datasets.skeletons import HUMAN36M_15, NTU_25
from sagcn_tf.skeleton import Skeleton
from tests.bvh_folder import JOINTS

HIERARCHY = {joint: parent for joint, (parent, _) in JOINTS.items()}


def test_each_joint_is_joined_to_its_parent():
    joints = list(JOINTS)

    edges = body.edges_of_hierarchy(joints, HIERARCHY)

    assert len(edges) == 21
    assert all(JOINTS[joints[child]][0] == joints[parent] for parent, child in edges)


def test_joints_that_are_left_out_are_bridged():
    edges = body.edges_of_hierarchy(["Hips", "Head", "LeftHand", "Neck"], HIERARCHY)

    assert edges == ((3, 1), (0, 2), (0, 3))


@pytest.mark.parametrize("skeleton", [HUMAN36M_15, NTU_25])
def test_sides_are_those_that_were_written_by_hand(skeleton):
    left, right = body.sides(skeleton["joints"])

    assert list(left) == skeleton["left"] and list(right) == skeleton["right"]


@pytest.mark.parametrize(
    "joints",
    [
        ("Hips", "LeftArm", "RightArm"),
        ("mixamorig:Hips", "mixamorig:LeftArm", "mixamorig:RightArm"),
        ("pelvis", "l_foot", "r_foot"),
        ("hip", "lShldr", "rShldr"),
        ("HIP", "LHAND", "RHAND"),
        ("pelvis", "hand.L", "hand.R"),
    ],
)
def test_sides_are_found_in_common_naming_schemes(joints):
    assert body.sides(joints) == ((1,), (2,))


def test_a_joint_without_a_partner_has_no_side():
    assert body.sides(("LowerBack", "L5", "LHip", "tail", "RightHand")) == ((), ())


def settings(joints, edges):
    return Settings(tuple(joints), edges, left=(1,), right=(2,))


def test_a_skeleton_is_one_that_the_library_accepts():
    edges = body.edges_of_hierarchy(list(JOINTS), HIERARCHY)

    skeleton = Skeleton.from_metadata(body.skeleton(settings(JOINTS, edges)))

    assert skeleton.num_joints == 22 and skeleton.edges == skeleton.bones == edges
    assert skeleton.left == (1,) and skeleton.right == (2,)
    assert skeleton.joints[skeleton.center].startswith("Spine")


def test_the_center_is_nearest_to_all_joints():
    chain = body.skeleton(settings("abcde", ((0, 1), (1, 2), (2, 3), (3, 4))))

    assert chain["center"] == 2


def test_joints_that_no_edge_reaches_are_named():
    with pytest.raises(
        RawDataError, match="edges that connect all joints, but none lead from a to c, d"
    ):
        body.skeleton(settings("abcd", ((0, 1), (2, 3))))


def test_a_graph_may_have_cycles():
    ring = body.skeleton(settings("abcd", ((0, 1), (1, 2), (2, 3), (3, 0))))

    assert np.shape(ring["edges"]) == (4, 2)
