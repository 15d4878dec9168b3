"""The graph of a user's joints: from a hierarchy, with its sides and its middle."""

import re

import numpy as np
from scipy.sparse.csgraph import shortest_path

from datasets.raw_data_error import RawDataError


def edges_of_hierarchy(joints, hierarchy):
    """Joins each joint to the nearest of its ancestors that is among `joints`.

    Args:
        joints: names, some or all of the hierarchy's.
        hierarchy: dict of joint name -> name of its parent, None for the root.

    Returns:
        Tuple of pairs of numbers of `joints`; a joint without such an ancestor has none.
    """
    edges = []
    for number, joint in enumerate(joints):
        ancestor = hierarchy[joint]
        while ancestor is not None and ancestor not in joints:
            ancestor = hierarchy[ancestor]
        if ancestor is not None:
            edges.append((joints.index(ancestor), number))
    return tuple(edges)


def sides(joints):
    """Finds joints whose names differ in left and right alone: LeftFoot, l_foot, LFoot, foot.L.

    Returns:
        Numbers of the joints of the left side, and of their partners of the right.
    """
    names = [joint.lower() for joint in joints]
    left, right = [], []
    for number, name in enumerate(names):
        for match in re.finditer("left|l", name):
            partner = "right" if match[0] == "left" else "r"
            partner = name[: match.start()] + partner + name[match.end() :]
            if partner in names:
                left.append(number)
                right.append(names.index(partner))
    return tuple(left), tuple(right)


def skeleton(settings):
    """The skeleton of a folder's `Settings`, as a plain dictionary for TFDS metadata.

    Its center is the joint from which the others are the fewest edges away.

    Raises:
        RawDataError: if the edges do not connect all joints.
    """
    joints, edges = settings.joints, settings.edges
    graph = np.zeros((len(joints), len(joints)))
    for first, second in edges:
        graph[first, second] = graph[second, first] = 1.0
    distances = shortest_path(graph, unweighted=True)
    apart = [joint for joint, far in zip(joints, np.isinf(distances[0]), strict=True) if far]
    if apart:
        raise RawDataError(
            f"no edges lead from {joints[0]} to {', '.join(apart[:10])}: all joints must be "
            "connected."
        )
    return {
        "name": f"motion_folder_{len(joints)}",
        "joints": list(joints),
        "edges": [list(edge) for edge in edges],
        "bones": [list(edge) for edge in edges],
        "left": list(settings.left),
        "right": list(settings.right),
        "center": int(distances.sum(axis=1).argmin()),
    }
