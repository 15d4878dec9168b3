"""Keeps the motion of the root beside joints that are relative to it."""

import numpy as np


def with_root_motion(motion, root, stride, frame_rate):
    """Makes joints relative to the root, and appends the motion of the root as one more node.

    Along y, which is vertical, the node has the place of the root relative to the lowest joint of
    the recording. Along other axes, it has the velocity of the root in units per second, from the
    frame before in a clip: the sum over a clip is exactly the path of the root.

    Args:
        motion: `[T, N, D]`, T > 1; x to the right, y down, z away.
        root: `[T, 1, D]`, the place of the root.
        stride: a clip takes every `stride`-th frame.
        frame_rate: frames per second.

    Returns:
        `[T, N + 1, D]`.
    """
    stride = min(stride, len(motion) - 1)
    velocity = (root[stride:] - root[:-stride]) * (frame_rate / stride)
    # The velocity of the first frame of a clip does not count: any near one will do.
    node = np.pad(velocity, ((stride, 0), (0, 0), (0, 0)), mode="edge")
    node[..., 1] = root[..., 1] - motion[..., 1].max()
    return np.concatenate([motion - root, node], axis=1)
