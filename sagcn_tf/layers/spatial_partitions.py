"""The neighbors of a joint in three groups, by which side of it the middle of the body lies."""

import numpy as np


def spatial_partitions(adjacency, center):
    """Splits a skeleton's graph as ST-GCN does (Yan et al. 2018, spatial configuration).

    A joint receives from itself (and from neighbors as far from the center as it is, such as the
    hips from each other), from neighbors closer to the center, and from neighbors further from
    it. Distance is the number of edges on the shortest path.

    Args:
        adjacency: `[N, N]`, the skeleton's `A + I`.
        center: index of the joint at the middle of the body.

    Returns:
        float64 `[3, N, N]`: itself, closer, further. Entry `[p, m, n]` is the share of joint m in
        what joint n receives; over m and p together they sum to 1.

    Raises:
        ValueError: if `center` is no joint.
    """
    adjacency = np.asarray(adjacency, np.float64)
    joints = len(adjacency)
    if not 0 <= center < joints:
        raise ValueError(f"center must be a joint, 0 to {joints - 1}, received {center}")
    reached = np.arange(joints) == center
    distance = np.zeros(joints, int)
    for _ in range(joints):
        distance += ~reached
        reached = (adjacency != 0) @ reached
    shares = adjacency / adjacency.sum(axis=0)
    side = np.sign(distance[:, None] - distance)
    return np.stack([shares * (side == group) for group in (0, -1, 1)])
