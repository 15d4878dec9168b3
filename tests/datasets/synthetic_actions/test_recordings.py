"""Recordings are plausible human motion, and reproducible."""

import hashlib
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from datasets.skeletons import HUMAN36M_15, NTU_25
from datasets.synthetic_actions.actions import ACTIONS
from datasets.synthetic_actions.camera import CAMERAS
from datasets.synthetic_actions.kinematics import DEGREES_OF_FREEDOM, LIMITS
from datasets.synthetic_actions.recordings import Recording, record
from datasets.synthetic_actions.subjects import TEST_SUBJECTS, TRAIN_SUBJECTS, subject
from datasets.synthetic_actions.takes import world_joints

ROOT = pathlib.Path(__file__).parents[3]
JOINT = {name: index for index, name in enumerate(NTU_25["joints"])}
SUBJECTS = (1, 4, 11)  # both hands, both splits


@pytest.fixture(scope="module")
def takes():
    """Returns {(action, subject): (pose, joints)}."""
    return {
        (name, number): world_joints(action, subject(number), np.random.default_rng([7, number]))
        for name, action in ACTIONS.items()
        for number in SUBJECTS
    }


def of(takes, action):
    return [take for (name, _), take in takes.items() if name == action]


def angle_at(joints, first, middle, last):
    arms = [joints[:, JOINT[end]] - joints[:, JOINT[middle]] for end in (first, last)]
    arms = [arm / np.linalg.norm(arm, axis=-1, keepdims=True) for arm in arms]
    return np.degrees(np.arccos((arms[0] * arms[1]).sum(axis=-1)))


def test_the_twelve_actions_stand_in_the_order_of_their_labels():
    assert list(ACTIONS) == [
        "drinking_water",
        "throw",
        "sitting_down",
        "standing_up",
        "wear_jacket",
        "hand_waving",
        "kicking_something",
        "jump_up",
        "make_phone_call",
        "cross_hands_in_front",
        "walking",
        "sitting",
    ]


def test_takes_last_long_enough_for_a_clip_of_50_frames_at_stride_3(takes):
    lengths = [len(pose) for pose, _ in takes.values()]
    assert min(lengths) >= 190 and max(lengths) <= 260
    assert len(set(lengths)) > 1


def test_no_joint_goes_beyond_its_limits(takes):
    for key, (pose, _) in takes.items():
        beyond = (pose < LIMITS[:, 0]) | (pose > LIMITS[:, 1])
        assert not beyond.any(), (key, np.array(DEGREES_OF_FREEDOM)[beyond.any(axis=0)])


def test_bones_keep_their_lengths(takes):
    first, second = np.array(NTU_25["edges"]).T
    for _, joints in takes.values():
        lengths = np.linalg.norm(joints[:, first] - joints[:, second], axis=-1)
        np.testing.assert_allclose(lengths, lengths[:1].repeat(len(lengths), axis=0), rtol=1e-9)


def test_motion_is_smooth(takes):
    """Fast hands reach 25 g, as in real throws; there is hardly anything above 12 Hz."""
    for key, (_, joints) in takes.items():
        centered = joints - joints[:, :1]
        acceleration = np.linalg.norm(np.diff(centered, 2, axis=0), axis=-1) * 50.0**2
        assert acceleration.max() < 250, key  # m/s^2
        window = np.hanning(len(centered))[:, None, None]
        power = np.abs(np.fft.rfft(np.diff(centered, axis=0) * window[1:], axis=0)) ** 2
        frequency = np.fft.rfftfreq(len(centered) - 1, 1 / 50)
        assert power[frequency > 12].sum() < 1e-5 * power.sum(), key


def test_feet_stand_on_the_floor_and_only_a_jump_leaves_it(takes):
    feet = [JOINT[name] for name in ("LAnkle", "LFoot", "RAnkle", "RFoot")]
    for (action, _), (_, joints) in takes.items():
        lowest = joints[:, feet, 1].min(axis=1)
        assert lowest.min() > -1e-9
        if action == "jump_up":
            assert lowest.max() > 0.15
            assert lowest[0] < 0.03 and lowest[-1] < 0.03
        else:
            assert lowest.max() < 0.03


def test_arms_swing_against_the_legs_in_walking(takes):
    names = list(DEGREES_OF_FREEDOM)
    for pose, _ in of(takes, "walking"):
        for side in ("left", "right"):
            arm = pose[:, names.index(f"{side}_shoulder_flexion")]
            leg = pose[:, names.index(f"{side}_hip_flexion")]
            assert np.corrcoef(arm, leg)[0, 1] < -0.7
        left, right = (pose[:, names.index(f"{side}_hip_flexion")] for side in ("left", "right"))
        assert np.corrcoef(left, right)[0, 1] < -0.5


def test_sitting_shows_in_the_posture(takes):
    def knees(joints):
        return angle_at(joints, "LHip", "LKnee", "LAnkle")

    for _, joints in of(takes, "sitting"):
        assert knees(joints).max() < 125
    for _, joints in of(takes, "sitting_down"):
        assert knees(joints)[0] > 155 and knees(joints)[-1] < 125
    for _, joints in of(takes, "standing_up"):
        assert knees(joints)[0] < 125 and knees(joints)[-1] > 155


def test_hands_go_where_the_action_needs_them(takes):
    def nearest(joints, hand, other):
        return np.linalg.norm(joints[:, JOINT[hand]] - joints[:, JOINT[other]], axis=-1).min()

    for action in ("drinking_water", "make_phone_call"):
        for _, joints in of(takes, action):
            assert min(nearest(joints, "LHand", "Head"), nearest(joints, "RHand", "Head")) < 0.2
    for _, joints in of(takes, "hand_waving"):
        height = joints[:, [JOINT["LHand"], JOINT["RHand"]], 1] - joints[:, [JOINT["Neck"]], 1]
        assert height.max() > 0
    for _, joints in of(takes, "kicking_something"):
        ankles = joints[:, [JOINT["LAnkle"], JOINT["RAnkle"]], 1]
        assert ankles.max() > ankles.min() + 0.3


def test_left_handed_subjects_mostly_lead_with_the_left():
    def leading(number):
        height = 0
        for seed in range(5):
            _, joints = world_joints(
                ACTIONS["hand_waving"], subject(number), np.random.default_rng(seed)
            )
            height += joints[:, JOINT["LHand"], 1].max() - joints[:, JOINT["RHand"], 1].max()
        return "left" if height > 0 else "right"

    for number in (3, 4):
        expected = "left" if subject(number).left_handed else "right"
        assert leading(number) == expected
    assert subject(4).left_handed and not subject(3).left_handed


def test_subjects_differ_in_body_and_habits():
    people = [subject(number) for number in (*TRAIN_SUBJECTS, *TEST_SUBJECTS)]
    assert len({person.name for person in people}) == len(people) >= 12
    assert np.ptp([person.body.thigh for person in people]) > 0.04
    assert np.ptp([person.tempo for person in people]) > 0.2
    assert not set(TRAIN_SUBJECTS) & set(TEST_SUBJECTS)


def test_all_cameras_see_the_same_take():
    recordings = list(record([1], repetitions=1))
    assert len(recordings) == len(ACTIONS) * len(CAMERAS)
    shapes = [np.linalg.norm(one.points - one.points[:, :1], axis=-1) for one in recordings[:3]]
    np.testing.assert_allclose(shapes[0], shapes[1])
    np.testing.assert_allclose(shapes[0], shapes[2])
    assert {one.camera for one in recordings[:3]} == {camera.name for camera in CAMERAS}


def test_image_motion_is_centered_and_scaled_by_the_depth_of_the_hip():
    points = np.zeros((1, 25, 3))
    points[:, :] = [0.2, 0.1, 4.0]
    points[:, JOINT["Head"]] = [0.6, -0.3, 4.0]
    one = Recording("name", "walking", "P001", "front", points)
    motion = one.motion_2d(NTU_25, mean_hip_depth=2.0)
    assert motion.dtype == np.float32
    # 0.4 m at 4 m are 110 pixels; as if seen from 2 m, 220.
    np.testing.assert_allclose(motion[0, JOINT["Head"]], [220, -220], rtol=1e-6)
    np.testing.assert_array_equal(motion[0, JOINT["SpineBase"]], 0)
    np.testing.assert_allclose(one.motion_3d(NTU_25)[0, JOINT["Head"]], [400, -400, 0], atol=1e-4)


def test_both_skeletons_show_the_same_body():
    one = next(record([2], repetitions=1))
    large, small = one.motion_3d(NTU_25), one.motion_3d(HUMAN36M_15)
    assert small.shape[1:] == (15, 3)
    for name, same in {"Head": "Head", "LFoot": "LAnkle", "Thorax": "SpineShoulder"}.items():
        np.testing.assert_array_equal(
            small[:, HUMAN36M_15["joints"].index(name)], large[:, JOINT[same]]
        )


FINGERPRINT = """
import hashlib
from datasets.skeletons import NTU_25
from datasets.synthetic_actions.recordings import record
digest = hashlib.sha256()
for one in record([11], repetitions=1):
    digest.update(one.motion_2d(NTU_25, 4.0).tobytes())
print(digest.hexdigest())
"""


def test_another_process_makes_the_same_bytes_whatever_was_recorded_before():
    digest = hashlib.sha256()
    for one in record([2, 11], repetitions=1):
        if one.subject == "P011":
            digest.update(one.motion_2d(NTU_25, 4.0).tobytes())
    other = subprocess.run(
        [sys.executable, "-c", FINGERPRINT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest.hexdigest()


def test_repetitions_differ():
    first, second = (
        one
        for one in record([1], repetitions=2)
        if one.action == "walking" and one.camera == "front"
    )
    frames = min(len(first.points), len(second.points))
    assert np.abs(first.points[:frames] - second.points[:frames]).max() > 0.1
