"""Bones are rigid, joints bend the right way, and arms reach their targets."""

import dataclasses

import numpy as np
import pytest

from datasets.skeletons import NTU_25
from datasets.synthetic_actions.kinematics import (
    DEGREES_OF_FREEDOM,
    INDEX,
    LIMITS,
    Body,
    arm_reaching,
    forward_kinematics,
    mirrored,
)

UP, FORWARD, LEFT = np.array([0, 1, 0]), np.array([0, 0, 1]), np.array([1, 0, 0])


def bent(**degrees):
    pose = np.zeros(len(DEGREES_OF_FREEDOM))
    for name, value in degrees.items():
        pose[INDEX[name]] = value
    return pose


def place(pose, body=None):
    joints = forward_kinematics(body or Body(), pose)
    return {name: joints[..., index, :] for index, name in enumerate(NTU_25["joints"])}


def random_poses(count, seed=0):
    return np.random.default_rng(seed).uniform(*LIMITS.T, (count, len(LIMITS)))


def test_the_zero_pose_stands_straight_with_hanging_arms():
    body, at = Body(), place(bent())
    np.testing.assert_allclose(at["SpineBase"], 0)
    np.testing.assert_allclose(at["LKnee"], [body.half_hips, -body.thigh, 0])
    np.testing.assert_allclose(
        at["RWrist"] - at["RShoulder"], -(body.upper_arm + body.forearm) * UP
    )
    assert at["Head"] @ UP > at["Neck"] @ UP > at["SpineShoulder"] @ UP > at["SpineMid"] @ UP > 0
    assert at["LShoulder"] @ LEFT > 0 > at["RShoulder"] @ LEFT
    assert (at["LFoot"] - at["LAnkle"]) @ FORWARD > 0


def test_bones_keep_their_lengths_in_every_pose():
    joints = forward_kinematics(Body(), random_poses(200))
    first, second = np.array(NTU_25["edges"]).T
    lengths = np.linalg.norm(joints[:, first] - joints[:, second], axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), rtol=1e-9)
    assert lengths.min() > 0.02


@pytest.mark.parametrize("side", ["left", "right"])
def test_positive_angles_bend_limbs_the_way_people_do(side):
    letter, outward = side[0].upper(), LEFT if side == "left" else -LEFT

    def moves(joint, direction, **degrees):
        degrees = {f"{side}_{name}": value for name, value in degrees.items()}
        shift = place(bent(**degrees))[letter + joint] - place(bent())[letter + joint]
        assert shift @ direction > 0.1

    moves("Elbow", FORWARD, shoulder_flexion=40)
    moves("Elbow", outward, shoulder_abduction=40)
    moves("Wrist", FORWARD, elbow_flexion=60)
    moves("Wrist", -outward, elbow_flexion=60, shoulder_rotation=50)
    moves("Knee", FORWARD, hip_flexion=40)
    moves("Knee", outward, hip_abduction=30)
    moves("Ankle", -FORWARD, knee_flexion=60)
    moves("Foot", UP, ankle_flexion=45, hip_flexion=1)


def test_the_trunk_bends_forward_and_turns_to_the_left():
    assert place(bent(spine_flexion=40))["Head"] @ FORWARD > 0.1
    assert place(bent(pelvis_pitch=30))["Head"] @ FORWARD > 0.1
    assert place(bent(spine_side=30))["Head"] @ LEFT > 0.1
    assert place(bent(spine_twist=40))["RShoulder"] @ FORWARD > 0.1


def test_mirroring_exchanges_left_and_right():
    poses = random_poses(50)
    names = NTU_25["joints"]
    swap = {"L": "R", "R": "L"}
    other = [
        names.index(swap[name[0]] + name[1:])
        if swap.get(name[0], "") + name[1:] in names
        else index
        for index, name in enumerate(names)
    ]
    np.testing.assert_allclose(
        forward_kinematics(Body(), mirrored(poses)),
        forward_kinematics(Body(), poses)[:, other] * [-1, 1, 1],
        atol=1e-12,
    )
    np.testing.assert_array_equal(mirrored(mirrored(poses)), poses)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("target", "elbow"),
    [
        ((0.0, -0.3, 0.3), (0.6, -1.0, -0.2)),  # in front of the body
        ((-0.2, 0.1, 0.25), (0.6, -1.0, -0.2)),  # across it
        ((0.2, 0.36, -0.12), (1.0, -0.3, -0.3)),  # behind the head
        ((0.1, -0.35, -0.2), (1.0, 0.0, -0.6)),  # behind the back
        ((0.3, 0.3, 0.1), (0.6, -1.0, -0.2)),  # up and outward
    ],
)
def test_an_arm_reaches_its_target_within_the_limits_of_its_joints(side, target, elbow):
    angles = arm_reaching(Body(), target, elbow)
    at = place(bent(**{f"{side}_{name}": degrees for name, degrees in angles.items()}))
    letter, outward = side[0].upper(), 1 if side == "left" else -1
    reached = (at[f"{letter}Wrist"] - at[f"{letter}Shoulder"]) * [outward, 1, 1]
    np.testing.assert_allclose(reached, target, atol=1e-9)
    for name, degrees in angles.items():
        low, high = LIMITS[INDEX[f"{side}_{name}"]]
        assert low <= degrees <= high, name


def test_an_arm_that_is_too_short_points_at_its_target():
    angles = arm_reaching(Body(), (0.0, -3.0, 4.0), (1.0, 0.0, 0.0))
    at = place(bent(**{f"left_{name}": degrees for name, degrees in angles.items()}))
    reached = at["LWrist"] - at["LShoulder"]
    np.testing.assert_allclose(reached / np.linalg.norm(reached), [0, -0.6, 0.8], atol=1e-9)
    assert np.linalg.norm(reached) == pytest.approx(0.98 * (Body().upper_arm + Body().forearm))


def test_a_larger_body_has_longer_bones():
    body = Body(**{name: 1.1 * length for name, length in dataclasses.asdict(Body()).items()})
    small, large = place(bent(), Body()), place(bent(), body)
    np.testing.assert_allclose(large["LFoot"], 1.1 * small["LFoot"])
