"""Tests with original NTU RGB+D files, if they are beside the repository."""

import pathlib

import numpy as np
import pytest

from datasets.ntu_rgbd import main_actor, motion
from datasets.ntu_rgbd.skeleton_file import parse
from datasets.skeletons import NTU_25
from tests.datasets.ntu_rgbd import plain_reading

RAW = pathlib.Path(__file__).parents[4] / "shared" / "data" / "ntu_raw"
FILES = sorted(RAW.glob("*.skeleton"))
JOINTS = {name: index for index, name in enumerate(NTU_25["joints"])}

pytestmark = pytest.mark.skipif(not FILES, reason=f"the licensed NTU RGB+D files are not in {RAW}")
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def followed(path):
    """Returns positions and pixels of the main actor in all frames."""
    length, bodies = parse(path.name, path.read_bytes())
    bodies = list(bodies.values())
    actor = main_actor.follow(main_actor.main_actor(bodies, length), bodies, length)
    assert actor.tracked.all()
    return actor.joints[..., :3], actor.joints[..., 5:7]


@every_file
def test_every_number_is_that_of_a_plain_reading(path):
    length, bodies = parse(path.name, path.read_bytes())
    expected_length, expected = plain_reading.read(path.read_bytes())

    assert length == expected_length
    assert list(bodies) == list(expected)
    for identity, (frames, joints) in expected.items():
        joints = np.array(joints)
        assert bodies[identity].frames.tolist() == frames
        np.testing.assert_array_equal(bodies[identity].joints, joints)
        np.testing.assert_array_equal(bodies[identity].positions, joints[..., :3])
        np.testing.assert_array_equal(bodies[identity].pixels, joints[..., 5:7])


@every_file
def test_two_people_are_two_bodies(path):
    _, bodies = parse(path.name, path.read_bytes())

    assert len(bodies) == (2 if path.stem[-3:] in ("054", "055") else 1)


@every_file
def test_people_have_limbs_as_long_as_people_have(path):
    positions, _ = followed(path)

    for one, other, shortest, longest in [
        ("LHip", "LKnee", 0.3, 0.5),
        ("RKnee", "RAnkle", 0.3, 0.5),
        ("LShoulder", "LElbow", 0.15, 0.35),
        ("SpineBase", "SpineShoulder", 0.4, 0.65),
    ]:
        length = np.linalg.norm(positions[:, JOINTS[one]] - positions[:, JOINTS[other]], axis=-1)
        assert shortest < np.median(length) < longest


@every_file
def test_both_kinds_of_motion_show_a_person_with_the_head_above_the_hips(path):
    positions, pixels = followed(path)

    for result in (motion.space_motion(positions), motion.image_motion(positions, pixels)):
        head, hips = result[:, JOINTS["Head"]], result[:, JOINTS["SpineBase"]]
        assert (head[:, 1] < hips[:, 1]).all()


@every_file
def test_in_space_left_limbs_are_on_the_left_side(path):
    result = motion.space_motion(followed(path)[0])
    left = result[:, JOINTS["LHip"]] - result[:, JOINTS["RHip"]]
    up = result[:, JOINTS["SpineShoulder"]] - result[:, JOINTS["SpineBase"]]
    toes = [result[:, JOINTS[f"{s}Foot"]] - result[:, JOINTS[f"{s}Ankle"]] for s in "LR"]

    side = np.einsum("ij,ij->i", left, np.cross(up, sum(toes)))

    assert np.mean(side > 0) > 0.8


@every_file
def test_the_color_camera_sees_the_positions_in_a_mirror_image(path):
    positions, pixels = followed(path)
    seen = motion.image_motion(positions, pixels)
    projected = motion.image_motion(positions, np.full_like(pixels, np.nan))

    # They differ by 1% of focal length, and because the camera is beside the depth sensor.
    np.testing.assert_allclose(projected, seen, atol=0.04 * np.abs(seen).max())


@every_file
def test_a_hand_that_the_camera_never_sees_is_put_where_it_was(path):
    positions, pixels = followed(path)
    expected = motion.image_motion(positions, pixels)
    hidden = pixels.copy()
    hidden[:, JOINTS["RHand"]] = np.inf

    error = np.abs(motion.image_motion(positions, hidden) - expected).max(axis=(0, 2))

    assert np.flatnonzero(error).tolist() == [JOINTS["RHand"]]
    assert error.max() < 0.02 * np.abs(expected).max()
