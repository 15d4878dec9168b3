"""Partition of each joint's neighbors by their distance from the center of the body."""

import numpy as np

from sagcn_tf.layers.checks import checked_adjacency


def spatial_partitions(adjacency, center):
    """Splits a skeleton's graph by the spatial configuration of ST-GCN.

    The three groups of a joint are the joint itself, with neighbors at the same distance from the
    center (such as the hips for each other); neighbors closer to the center; and neighbors farther
    from it. Distance is the number of edges on the shortest path.

    Args:
        adjacency: The skeleton's `A + I`, `[N, N]`, symmetric.
        center: Index of the joint at the center of the body.

    Returns:
        float64 `[3, N, N]`: itself, closer, farther. Entry `[p, m, n]` is the weight of joint m in
        the mean that joint n receives; for each n, the weights sum to 1 over m and p.

    Raises:
        ValueError: If `center` is not the index of a joint, or the adjacency is not a symmetric
            `A + I`.

    Example:
        >>> itself, closer, farther = spatial_partitions(np.ones([2, 2]), center=0)
        >>> closer.tolist()
        [[0.0, 0.5], [0.0, 0.0]]

    References:
        - [Yan et al., 2018](https://arxiv.org/abs/1801.07455)
    """
    adjacency = checked_adjacency(adjacency)
    joints = len(adjacency)
    if not 0 <= center < joints:
        raise ValueError(
            f"center must be the index of a joint, 0 to {joints - 1}, received {center}"
        )
    reached = np.arange(joints) == center
    distance = np.zeros(joints, int)
    for _ in range(joints):
        distance += ~reached
        reached = (adjacency != 0) @ reached
    shares = adjacency / adjacency.sum(axis=0)
    side = np.sign(distance[:, None] - distance)
    return np.stack([shares * (side == group) for group in (0, -1, 1)])
