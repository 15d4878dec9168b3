import numpy as np
import pytest

from datasets.motion_folder.folder import open_folder
from datasets.motion_folder.root_motion import with_root_motion
from datasets.motion_folder.view import mirrored
from sagcn_tf.data.root_motion import add_root_motion
from tests.datasets.motion_folder.array_folder import describe, motion, read, write

RATE, STRIDE = 60.0, 3


def walk(frames=20, dimensions=3):
    return motion(frames, dimensions).cumsum(axis=0)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("start", [0, 4])
def test_the_frames_of_a_clip_add_up_to_the_way_of_the_body(dimensions, start):
    joints = walk(dimensions=dimensions)
    root = joints[:, 1:2]

    nodes = with_root_motion(joints, root, STRIDE, RATE)
    clip = add_root_motion(nodes[start::STRIDE], RATE / STRIDE)

    expected = joints[start::STRIDE] - root[start]
    expected[..., 1] = joints[start::STRIDE, :, 1] - joints[..., 1].max()  # down to the floor
    np.testing.assert_allclose(clip, expected, atol=1e-5)


@pytest.mark.parametrize("frames", [2, 3, 4])
def test_recordings_may_be_shorter_than_a_stride(frames):
    joints = walk(frames)

    node = with_root_motion(joints, joints[:, :1], STRIDE, RATE)[:, 3]

    span = min(STRIDE, frames - 1)
    way = joints[span, 0] - joints[0, 0]
    np.testing.assert_allclose(node[0, [0, 2]], way[[0, 2]] * RATE / span)


def test_a_mirrored_body_goes_the_other_way():
    joints = walk()

    nodes = with_root_motion(joints, joints[:, :1], STRIDE, RATE)
    other = mirrored(joints, [1], [2])

    np.testing.assert_allclose(
        mirrored(nodes, [1], [2]), with_root_motion(other, other[:, :1], STRIDE, RATE)
    )


def test_a_setting_adds_the_node_and_changes_nothing_else(tmp_path):
    still, _ = read(write(tmp_path, **{f"{one}/{n}": walk() for one in "ab" for n in "12"}))

    moving, found = read(describe(tmp_path, root_motion=True))

    for name, joints in moving.items():
        np.testing.assert_array_equal(joints[:, :3], still[name])
        assert joints.shape == (20, 4, 3)
    assert found.clip_stride == 2


def test_a_projection_keeps_what_can_be_seen(tmp_path):
    folder = write(tmp_path, **{f"{one}/{number}": walk() for one in "ab" for number in "12"})
    solid, _ = read(describe(folder, root_motion=True))

    flat, _ = read(describe(folder, root_motion=True, projection="front"))

    for name, seen in flat.items():
        np.testing.assert_array_equal(seen, solid[name][..., :2])


@pytest.mark.parametrize("moving", [{"root_motion": True}, {"clips": "resample"}])
def test_no_bone_ends_at_the_origin_if_the_body_leaves_it(tmp_path, moving):
    folder = describe(write(tmp_path), root=["head", "foot"])
    assert open_folder(folder).skeleton["bones"][0] == [-1, 1]

    describe(folder, root=["head", "foot"], **moving)

    assert open_folder(folder).skeleton["bones"] == [[0, 1], [0, 2]]
