import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.data.root_motion import add_root_motion, split_root_motion

RATE = 15.0


def walk(frames=7, dimensions=3, seed=0):
    """Joints that go somewhere, `[2, frames, 4, dimensions]`."""
    steps = np.random.default_rng(seed).normal(size=(2, frames, 4, dimensions))
    return steps.cumsum(axis=1).astype(np.float32)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("root", [(0,), (1, 3)])
def test_joints_come_back_from_where_the_clip_starts(dimensions, root):
    joints = walk(dimensions=dimensions)
    start = joints[:, :1, list(root)].mean(axis=2, keepdims=True)
    start[..., 1] = 0  # the height stays

    nodes = split_root_motion(joints, root, RATE)

    assert nodes.shape == (2, 7, 5, dimensions)
    np.testing.assert_allclose(nodes[:, :, list(root)].mean(axis=2), 0, atol=1e-5)
    np.testing.assert_allclose(add_root_motion(nodes, RATE), joints - start, atol=1e-4)


def test_the_node_has_velocities_and_the_height():
    joints = walk()

    node = split_root_motion(joints, (2,), RATE)[:, :, -1]

    for clip, motion in enumerate(joints[:, :, 2]):
        np.testing.assert_allclose(node[clip, :, 1], motion[:, 1], rtol=1e-5)
        for frame in range(1, 7):
            velocity = (motion[frame] - motion[frame - 1]) * RATE
            np.testing.assert_allclose(node[clip, frame, [0, 2]], velocity[[0, 2]], rtol=1e-3)
        np.testing.assert_array_equal(node[clip, 0, [0, 2]], node[clip, 1, [0, 2]])


def test_the_velocity_of_the_first_frame_does_not_count():
    nodes = split_root_motion(walk(), (0,), RATE)
    other = nodes.copy()
    other[:, 0, -1, [0, 2]] = 99

    np.testing.assert_array_equal(add_root_motion(other, RATE), add_root_motion(nodes, RATE))


def test_tensors_give_what_arrays_give():
    joints = walk()
    nodes = split_root_motion(joints, (1, 3), RATE)

    split = split_root_motion(tf.constant(joints), (1, 3), RATE)
    np.testing.assert_allclose(split, nodes, atol=1e-4)
    np.testing.assert_allclose(
        add_root_motion(split, RATE), add_root_motion(nodes, RATE), atol=1e-4
    )
