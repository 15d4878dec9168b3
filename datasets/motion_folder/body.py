"""Derives edges, sides and center of a skeleton from names and parents of its joints."""

import re

import numpy as np
from scipy.sparse.csgraph import shortest_path

from datasets.raw_data_error import RawDataError


def edges_of_hierarchy(joints, hierarchy):
    """Connects each joint to its nearest ancestor in `joints`.

    Args:
        joints: names of some or all joints of the hierarchy.
        hierarchy: dictionary {name of a joint: name of its parent}; the root's parent is None.

    Returns:
        Tuple of pairs of indices into `joints`. Joints without such an ancestor have no edge.
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
    """Pairs joints whose names differ only in left and right: LeftFoot, l_foot, LFoot, foot.L.

    Args:
        joints: names of the joints.

    Returns:
        Indices of the left joints, and of the matching right joints.
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
    """Returns the skeleton of a folder as a plain dictionary for TFDS metadata.

    The center is the joint with the smallest sum of distances, in edges, to all others.

    Args:
        settings: the `Settings` of the folder.

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
            f"expected edges that connect all joints, but none lead from {joints[0]} to "
            f"{', '.join(apart[:10])}"
        )
    bones = [list(edge) for edge in edges]
    stays = settings.clips == "window" and not settings.root_motion  # at the origin
    if stays and settings.root != (0,):  # the root lies between joints, such as the hips
        root = set(settings.root)
        bones = [[-1, joint] for joint in settings.root]
        bones += [list(edge) for edge in edges if not set(edge) <= root]
    return {
        "name": f"motion_folder_{len(joints)}",
        "joints": list(joints),
        "edges": [list(edge) for edge in edges],
        "bones": bones,
        "left": list(settings.left),
        "right": list(settings.right),
        "center": int(distances.sum(axis=1).argmin()),
    }
