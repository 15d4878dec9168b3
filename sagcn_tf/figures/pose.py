"""Geometry and colors of a drawn body: image points, bones and head."""

import numpy as np

LEFT = "#d62839"
RIGHT = "#1d6fd1"
MIDDLE = "#333333"


def image_points(motion, skeleton):
    """Projects the joints of each frame to the image plane.

    Args:
        motion: `[T, N, D]`, D = 2 or 3, x to the right and y down. A third coordinate is ignored.
        skeleton: the `Skeleton` of N joints.

    Returns:
        float64 `[T, N + 1, 2]`, x and y. The last point is the root at the origin, which the bone
        index `ROOT` (-1) selects.

    Raises:
        ValueError: if the motion does not fit the skeleton.
    """
    motion = np.asarray(motion, np.float64)
    if (
        motion.ndim != 3
        or not len(motion)
        or motion.shape[1] != skeleton.num_joints
        or motion.shape[2] not in (2, 3)
    ):
        raise ValueError(
            f"motion: expected [frames, {skeleton.num_joints}, 2 or 3], as skeleton "
            f"{skeleton.name!r} has {skeleton.num_joints} joints; got {list(motion.shape)}."
        )
    return np.pad(motion[:, :, :2], ((0, 0), (0, 1), (0, 0)))


def fix_in_place(points, skeleton):
    """Removes the horizontal motion of the root, so that a walking body stays in place.

    Args:
        points: `[T, N + 1, 2]`, as `image_points` returns them.
        skeleton: the `Skeleton`.

    Returns:
        float64 `[T, N + 1, 2]`.
    """
    shift = points[:, [skeleton.root], 0] - points[0, skeleton.root, 0]  # [T, 1]
    points = points.copy()
    points[:, :-1, 0] -= shift  # the origin, the last point, does not move
    return points


def bone_ends(points, skeleton):
    """Returns both ends of each bone, `[T, bones, 2, 2]`, from points `[T, N + 1, 2]`."""
    return points[:, np.reshape(skeleton.bones, (-1, 2)).astype(int)]


def bone_colors(skeleton):
    """Returns a list of colors, one per bone: left red, right blue, middle dark."""
    return [_bone_color(bone, skeleton) for bone in skeleton.bones]


def head(skeleton):
    """Returns the index of the joint named "head" in any case, or None."""
    names = [joint.lower() for joint in skeleton.joints]
    return names.index("head") if "head" in names else None


def head_radius(points, skeleton):
    """Returns the radius of a head in proportion to the bodies of points `[T, N + 1, 2]`."""
    ends = bone_ends(points, skeleton)
    size = np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1).sum(axis=1)
    return float(np.median(size)) / 42.0  # a head's radius relative to all bones


def _bone_color(bone, skeleton):
    if set(bone) & set(skeleton.left):
        return LEFT
    return RIGHT if set(bone) & set(skeleton.right) else MIDDLE
