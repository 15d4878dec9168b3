"""The motion of the root over the ground: one more node beside joints relative to the root.

Along y, which is vertical, the node has the height of the root; along other axes, its velocity
since the previous frame, in units per second. Sums and differences over time are matrix products,
so that the functions take NumPy arrays and tensors.
"""

import numpy as np

_VERTICAL = 1


def add_root_motion(nodes, rate):
    """Moves joints by the motion of their root.

    Args:
        nodes: `[..., T, N + 1, D]`: joints relative to the root, and its motion.
        rate: frames per second.

    Returns:
        Joints `[..., T, N, D]`. Along y, the root has its height; along other axes, it starts at 0.
    """
    frames, dimensions = nodes.shape[-3], nodes.shape[-1]
    moved = np.tri(frames, dtype=np.float32)
    moved[:, 0] = 0.0  # before the first frame
    motion = nodes[..., -1, :]  # [..., T, D]
    height = _height(dimensions)
    place = motion * height + (moved @ motion) * ((1 - height) / rate)
    return nodes[..., :-1, :] + place[..., None, :]


def split_root_motion(joints, root, rate):
    """Inverts `add_root_motion`, up to the place at which a clip starts.

    Args:
        joints: `[..., T, N, D]`.
        root: indices of the joints whose mean is the root.
        rate: frames per second.

    Returns:
        Nodes `[..., T, N + 1, D]`. The first frame has the velocity of the second.
    """
    frames, count, dimensions = joints.shape[-3:]
    share = np.zeros((1, count), np.float32)
    share[:, list(root)] = 1 / len(root)
    place = (share @ joints)[..., 0, :]  # [..., T, D]
    step = np.eye(frames, dtype=np.float32) - np.eye(frames, k=-1, dtype=np.float32)
    step[0] = step[min(1, frames - 1)]
    height = _height(dimensions)
    motion = place * height + (step @ place) * ((1 - height) * rate)
    relative = np.pad(np.eye(count, dtype=np.float32) - share, ((0, 1), (0, 0)))  # [N + 1, N]
    last = np.eye(count + 1, dtype=np.float32)[:, -1:]
    return relative @ joints + last * motion[..., None, :]


def _height(dimensions):
    """Returns 1 for the vertical axis and 0 for the others, `[D]`."""
    return np.eye(dimensions, dtype=np.float32)[_VERTICAL]
