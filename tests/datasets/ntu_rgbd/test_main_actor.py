import numpy as np
import pytest

from datasets.ntu_rgbd.main_actor import ROOT, follow, main_actor
from tests.datasets.ntu_rgbd.bodies import STANDING, body, furniture, moving

LENGTH = 20


def test_of_two_people_the_one_who_moves_more_is_the_main_actor():
    calm, lively = body(moving(LENGTH, swing=0.1)), body(moving(LENGTH, [1, 0, 0], swing=0.2))

    assert main_actor([calm, lively], LENGTH) is lively
    assert main_actor([lively, calm], LENGTH) is lively


def test_all_joints_and_axes_count():
    arm = body(moving(LENGTH, swing=0.2))
    forth_and_back = moving(LENGTH, swing=0)
    forth_and_back[..., 2] += 0.2 * np.sin(np.arange(LENGTH))[:, None]

    assert main_actor([arm, body(forth_and_back)], LENGTH).positions[3, 0, 2] != 3.0


def test_what_is_nearly_as_wide_as_high_is_not_taken_for_a_person():
    table, person = body(furniture(LENGTH)), body(moving(LENGTH, swing=0.01))

    assert main_actor([table, person], LENGTH) is person


def test_who_is_seen_in_fewer_than_half_of_the_frames_is_not_the_main_actor():
    person = body(moving(LENGTH, swing=0.01))
    seen_in_9 = body(moving(9, [1, 0, 0], swing=0.5), np.arange(9))
    seen_in_10 = body(moving(10, [1, 0, 0], swing=0.5), np.arange(10))

    assert main_actor([person, seen_in_9], LENGTH) is person
    assert main_actor([person, seen_in_10], LENGTH) is seen_in_10


def test_where_no_better_one_is_left_an_upright_short_one_is_chosen_then_any():
    table = body(furniture(LENGTH))
    short = body(moving(5, swing=0.01), np.arange(5))

    assert main_actor([table, short], LENGTH) is short
    assert main_actor([table], LENGTH) is table


def test_someone_seen_throughout_is_followed_unchanged():
    actor = body(moving(LENGTH), state=1)
    actor.joints[3, 4, 11] = 2

    followed = follow(actor, [actor], LENGTH)

    np.testing.assert_array_equal(followed.joints, actor.joints)
    assert np.flatnonzero(followed.tracked).tolist() == [3]


def test_one_person_under_two_identities_is_joined():
    whole = moving(LENGTH)
    whole[..., 0] += 0.05 * np.arange(LENGTH)[:, None]  # walks away from where the first ended
    first, second = body(whole[:12]), body(whole[12:], np.arange(12, 20))

    for actor in (first, second):
        followed = follow(actor, [first, second], LENGTH)
        np.testing.assert_array_equal(followed.positions, whole)
        assert followed.frames.tolist() == list(range(LENGTH)) and followed.tracked.all()


def test_another_person_is_not_taken_for_the_actor():
    actor = body(moving(10), np.arange(10))
    other = body(moving(LENGTH, [0.31, 0, 0]))

    followed = follow(actor, [actor, other], LENGTH)

    np.testing.assert_array_equal(followed.joints[:10], actor.joints)
    assert np.isnan(followed.joints[10:]).all()
    assert followed.tracked.sum() == 10


def test_of_two_near_bodies_the_nearer_one_is_taken():
    actor = body(moving(10), np.arange(10))
    near = body(moving(10, [0.1, 0, 0]), np.arange(10, 20))
    nearer = body(moving(10, [0, 0, 0.05]), np.arange(10, 20))

    followed = follow(actor, [actor, near, nearer], LENGTH)

    np.testing.assert_array_equal(followed.joints[10:], nearer.joints)


@pytest.mark.parametrize("frames", [[0, 1, 2, 17, 18, 19], [8, 9, 10]])
def test_frames_in_which_nobody_is_seen_stay_empty(frames):
    actor = body(np.tile(STANDING, (len(frames), 1, 1)), frames)

    followed = follow(actor, [actor], LENGTH)

    assert np.flatnonzero(~np.isnan(followed.joints[:, ROOT, 0])).tolist() == frames
    assert np.flatnonzero(followed.tracked).tolist() == frames
