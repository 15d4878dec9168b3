import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from sagcn_tf.generation.rig import Rig
from sagcn_tf.generation.rig_fit import fit, joint_places
from tests.rigs import NAMES, OFFSETS, PARENTS, dancing, places_of, skeleton, source, to_motion

HEIGHT = 170.0
TURNS, ROOT = dancing()
PLACES = places_of(TURNS, ROOT)
MOTION = to_motion(PLACES)


def own_rig(joints=NAMES, floor="frame", **others):
    return Rig.from_source(source(**others), skeleton(joints), floor)


def relative(places):
    return places - places[:, :1]


def test_forward_kinematics_agree_with_a_loop_over_joints_and_frames():
    rig = own_rig()
    fitted = fit(rig, MOTION)

    np.testing.assert_allclose(
        joint_places(rig, fitted), places_of(fitted.turns, fitted.shifts), atol=1e-9
    )


def test_rigid_bones_are_fitted_to_a_thousandth_of_the_height():
    rig = own_rig()

    found = joint_places(rig, fit(rig, MOTION))

    assert np.abs(relative(found) - relative(PLACES)).max() < 1e-3 * HEIGHT


def test_several_bones_of_a_joint_are_aligned_by_least_squares():
    rng = np.random.default_rng(0)
    motion = MOTION + rng.normal(size=MOTION.shape) * [0, 3, 3]  # bones no longer fit
    children = [joint for joint, parent in enumerate(PARENTS) if parent == 0]

    turns = fit(own_rig(), motion).turns[:, 0]

    for turn, places in zip(turns, motion * [1, -1, -1], strict=True):
        best, _ = Rotation.align_vectors(places[children] - places[0], OFFSETS[children])
        assert (Rotation.from_matrix(turn).inv() * best).magnitude() < 1e-3


def test_what_positions_do_not_tell_is_taken_from_the_typical_pose():
    """The twist of a forearm is not seen, nor are hands that the motion does not have."""
    rng = np.random.default_rng(1)
    pose = Rotation.from_rotvec(rng.normal(scale=0.5, size=(len(NAMES), 3)))
    turns = np.tile(pose.as_matrix(), (3, 1, 1, 1))
    rig = own_rig(NAMES[:-1], pose=pose.as_quat().tolist())

    found = fit(rig, to_motion(places_of(turns, ROOT[:3]))[:, :-1])

    np.testing.assert_allclose(found.turns, turns, atol=1e-6)


def test_bones_of_other_lengths_keep_hands_and_feet_near():
    """Each joint aims from its own place, so that errors do not add up along a limb."""
    motion = 1.1 * MOTION
    rig = own_rig()

    found = relative(joint_places(rig, fit(rig, motion)))

    stretched = np.linalg.norm(found - relative(motion * [1, -1, -1]), axis=-1)
    for limb in ("LeftHand", "RightHand", "LeftToe", "RightToe"):
        joint, length = NAMES.index(limb), 0.0
        while joint > 0:
            length += np.linalg.norm(OFFSETS[joint])
            joint = PARENTS[joint]
        assert stretched[:, NAMES.index(limb)].max() < 0.1 * length + 0.5


@pytest.mark.parametrize("joints", [NAMES[::2], NAMES[1:], ("Neck", "LeftFoot", "RightFoot")])
def test_some_joints_of_a_rig_are_enough(joints):
    """Also without its root: the body then turns about its middle."""
    turns, root = dancing(size=0.0)
    turns[:, 0] = Rotation.from_euler("Y", 40, degrees=True).as_matrix()
    chosen = [NAMES.index(joint) for joint in joints]
    places = places_of(turns, root)[:, chosen]
    rig = own_rig(joints)

    found = joint_places(rig, fit(rig, to_motion(places)))[:, chosen]

    assert np.abs(relative(found) - relative(places)).max() < 1e-3 * HEIGHT


def test_the_lowest_joint_stands_on_the_ground_in_every_frame_or_in_the_lowest_one():
    heights = [
        joint_places(rig, fit(rig, motion))[..., 1].min(axis=1)
        for rig, motion in (
            (own_rig(ground=3.0), MOTION),
            (own_rig(floor="clip", ground=3.0), (PLACES - PLACES[:1, :1]) * [1, -1, -1]),
        )
    ]

    np.testing.assert_allclose(heights[0], 3.0, atol=1e-9)
    np.testing.assert_allclose(
        heights[1], PLACES[..., 1].min(axis=1) - PLACES[..., 1].min() + 3.0, atol=0.1
    )


@pytest.mark.parametrize(("up", "axis", "sign"), [("+y", 1, 1), ("-y", 1, -1), ("+z", 2, 1)])
def test_people_stand_upright_in_the_axes_of_the_file(up, axis, sign):
    rig = Rig.from_source(source(up=up), skeleton(), floor="frame")

    heights = sign * joint_places(rig, fit(rig, MOTION))[..., axis]

    expected = PLACES[..., 1] - PLACES[..., 1].min(axis=1, keepdims=True)
    np.testing.assert_allclose(heights, expected, atol=0.2)


def test_a_joint_above_the_body_stays_where_it_is():
    """As `Reference` or `joint_Root` in many files: the hips carry the body."""
    names, rig = ["Reference", *NAMES], source()["rig"]
    six = rig["channels"][0]
    above = {
        "joints": names,
        "parents": [-1, *(parent + 1 for parent in PARENTS)],
        "offsets": [[1, 2, 3], *OFFSETS.tolist()],
        "channels": [six, six, *rig["channels"][1:]],
        "ends": [],
        "pose": [Rotation.from_euler("X", -90, degrees=True).as_quat().tolist(), *rig["pose"]],
    }
    rig = Rig.from_source(source(**above), skeleton(), floor="frame")

    fitted = fit(rig, MOTION)

    places = joint_places(rig, fitted)
    assert names[fitted.carrier] == "Hips"
    np.testing.assert_allclose(places[:, 0], [[1, 2, 3]] * len(places))
    assert np.abs(relative(places[:, 1:]) - relative(PLACES)).max() < 1e-3 * HEIGHT
    np.testing.assert_allclose(places[:, 1:, 1].min(axis=1), 0, atol=1e-9)


@given(
    coordinates=st.lists(st.floats(-3000, 3000, width=32) | st.just(0.0), min_size=18, max_size=18)
)
@settings(max_examples=40, deadline=None)
def test_any_motion_gives_rotations_and_bones_of_fixed_lengths(coordinates):
    motion = np.reshape(coordinates, (2, 3, 3))
    rig = own_rig(("Hips", "Neck", "LeftFoot"))

    fitted = fit(rig, motion)

    products = fitted.turns @ fitted.turns.swapaxes(2, 3)
    np.testing.assert_allclose(products, np.tile(np.eye(3), (2, 22, 1, 1)), atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(fitted.turns), 1)
    places = joint_places(rig, fitted)
    bones = np.linalg.norm(places[:, 1:] - places[:, list(PARENTS[1:])], axis=-1)
    np.testing.assert_allclose(bones, np.tile(np.linalg.norm(OFFSETS[1:], axis=1), (2, 1)))
