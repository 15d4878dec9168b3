"""A visible body: an octahedron per bone and a smaller one per joint."""

import numpy as np
from PIL import ImageColor

from sagcn_tf.figures import pose

# Vertices and counterclockwise triangles of an octahedron from (0, 0, 0) to (0, 0, 1).
_BELT = 0.2
_WIDTH = 0.12
_CORNERS = np.array(
    [
        [0, 0, 0],
        [_WIDTH, 0, _BELT],
        [0, _WIDTH, _BELT],
        [-_WIDTH, 0, _BELT],
        [0, -_WIDTH, _BELT],
        [0, 0, 1],
    ]
)
_TRIANGLES = np.array(
    [[0, 2, 1], [0, 3, 2], [0, 4, 3], [0, 1, 4], [5, 1, 2], [5, 2, 3], [5, 3, 4], [5, 4, 1]]
)
_BALL = 0.1  # radius, relative to the median length of the bones
_HEAD = 5.0  # radius, relative to other balls


def body_mesh(rig):
    """Returns the vertices and triangles of a body. Each vertex follows a single joint.

    Args:
        rig: a `Rig`.

    Returns:
        `(corners, joints, owners, triangles)`: the vertices, float64 `[V, 3]`, in the axes of the
        joints that they follow; these joints, int `[V]`; the joints whose colors they have, int
        `[V]`; and the vertex indices of the triangles, int `[F, 3]`, counterclockwise from outside.
    """
    body = _body(rig)
    bones = [(rig.parents[joint], joint, rig.offsets[joint]) for joint in body[1:]]
    bones += [(joint, joint, np.array(offset)) for joint, offset in rig.ends if joint in body]
    lengths = np.array([np.linalg.norm(vector) for *_, vector in bones])
    bones = [bone for bone, length in zip(bones, lengths, strict=True) if length]
    radius = _BALL * (np.median(lengths[lengths > 0]) if bones else 1.0)
    ball = (_CORNERS - [0, 0, _BELT]) / [_WIDTH, _WIDTH, 1]
    ball[0, 2], ball[-1, 2] = -1, 1
    parts = [(joint, owner, _CORNERS @ _stretched(vector)) for joint, owner, vector in bones]
    heads = [_HEAD if rig.joints[joint].lower() == "head" else 1.0 for joint in body]
    balls = [size * radius * ball for size in heads]
    parts += [(joint, joint, one) for joint, one in zip(body, balls, strict=True)]
    corners = np.concatenate([corners for *_, corners in parts])
    joints, owners = np.repeat([part[:2] for part in parts], len(_CORNERS), axis=0).T
    starts = len(_CORNERS) * np.arange(len(parts))
    triangles = starts[:, None, None] + _TRIANGLES  # [parts, 8, 3]
    return corners, joints, owners, triangles.reshape(-1, 3)


def _body(rig):
    """Returns the joints of the body, without joints above it such as `Reference`."""
    body = [rig.top]
    for joint, parent in enumerate(rig.parents):
        if parent in body:
            body.append(joint)
    return body


def _stretched(vector):
    """Returns orthogonal rows `[3, 3]` of equal length: two across `vector`, then `vector`."""
    length = np.linalg.norm(vector)
    across = np.cross(vector, np.eye(3)[np.abs(vector).argmin()])
    across *= length / np.linalg.norm(across)
    return np.stack([across, np.cross(vector, across) / length, vector])


def joint_colors(rig, skeleton):
    """Returns the color of each joint, linear RGB from 0 to 1, `[J, 3]`.

    Args:
        rig: a `Rig`. Joints that the motion does not have look like their parents.
        skeleton: the `Skeleton` of the motion, with left and right.
    """
    colors = np.tile(_linear(pose.MIDDLE), (len(rig.joints), 1))
    sides = {rig.tracked[joint]: pose.LEFT for joint in skeleton.left}
    sides |= {rig.tracked[joint]: pose.RIGHT for joint in skeleton.right}
    for joint, parent in enumerate(rig.parents):
        if joint in sides:
            colors[joint] = _linear(sides[joint])
        elif joint not in rig.tracked and parent >= 0:
            colors[joint] = colors[parent]
    return colors


def _linear(color):
    return (np.array(ImageColor.getrgb(color)) / 255) ** 2.2
