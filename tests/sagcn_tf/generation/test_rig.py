import numpy as np
import pytest

from sagcn_tf.generation.rig import Rig
from sagcn_tf.skeleton import Skeleton
from tests.bodies import SKELETON
from tests.rigs import NAMES, OFFSETS, PARENTS, skeleton, source


def test_a_user_rig_stays_as_it_is():
    rig = Rig.from_source(source(ground=4.0), skeleton(NAMES[::-1]), floor="clip")

    assert rig.joints == NAMES and rig.parents == PARENTS
    np.testing.assert_array_equal(rig.offsets, OFFSETS)
    assert rig.channels[1] == ("Zrotation", "Xrotation", "Yrotation")
    assert rig.tracked == tuple(reversed(range(len(NAMES))))
    assert rig.ground == 4.0 and rig.floor == "clip"


@pytest.mark.parametrize(
    "others",
    [{"parents": [0, *PARENTS[1:]]}, {"offsets": [[0, 0, 0]]}, {"channels": []}]
    + [{"ends": [[99, [0, 0, 0]]]}, {"pose": [[0, 0, 0, 1]]}],
)
def test_parts_that_do_not_fit_are_refused(others):
    with pytest.raises(ValueError, match="expected parts that fit a tree of 22 joints"):
        Rig.from_source(source(**others), skeleton(), floor="frame")


def test_bones_made_for_motion_have_their_mean_lengths_and_first_directions():
    two = Skeleton("two", ("hip  {x}", "knee"), ((0, 1),), ((0, 1),), (), (), 0)
    motion = np.array([[[[0, 0, 0], [0, 10, 0]], [[0, 0, 0], [0, 0, 20]]]], np.float64)

    rig = Rig.from_motion(motion, two, floor="frame")

    assert rig.joints == ("hip_x_", "knee") and rig.parents == (-1, 0)
    np.testing.assert_allclose(rig.offsets, [[0, 0, 0], [0, -15, 0]])
    assert rig.ends == ((1, (0, -5, 0)),)


def test_a_root_at_the_origin_becomes_a_joint():
    rig = Rig.from_motion(np.ones((1, 2, 15, 3)), SKELETON, floor="frame")

    assert rig.joints[0] == "Root" and len(rig.joints) == 16 and rig.tracked[-1] == 0
    parents = {rig.joints[joint]: rig.joints[parent] for joint, parent in enumerate(rig.parents)}
    assert parents["RHip"] == parents["LHip"] == parents["Spine"] == "Root"
    assert parents["RWrist"] == "RElbow"
