"""What every drawing of a body shares: where its joints are seen, their colors, its head."""

import numpy as np

LEFT = "#d62839"
RIGHT = "#1d6fd1"
MIDDLE = "#333333"


def image_points(motion, skeleton):
    """Returns where the joints of each frame are seen in the camera's image plane.

    Args:
        motion: `[T, N, D]`, D = 2 or 3, x to the right and y down; of a third coordinate nothing
            is seen.
        skeleton: `Skeleton` of N joints.

    Returns:
        float64 `[T, N + 1, 2]`, x and y; the last point is the root at the origin, so that the
        index `ROOT` of a bone finds it.

    Raises:
        ValueError: if `motion` is not a motion of this skeleton.
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


def on_the_spot(points, skeleton):
    """Keeps the root where it is in the first frame, horizontally: who walks away stays in place.

    Points `[T, N + 1, 2]` as of `image_points`; returns as many.
    """
    walked = points[:, [skeleton.root], 0] - points[0, skeleton.root, 0]  # [T, 1]
    points = points.copy()
    points[:, :-1, 0] -= walked  # The origin is where it is.
    return points


def bone_ends(points, skeleton):
    """Returns the two ends of each bone, `[T, bones, 2, 2]`, of points `[T, N + 1, 2]`."""
    return points[:, np.reshape(skeleton.bones, (-1, 2)).astype(int)]


def bone_colors(skeleton):
    """Returns one color a bone: limbs of the left red, of the right blue, the middle dark."""
    return [_side(bone, skeleton) for bone in skeleton.bones]


def head(skeleton):
    """Returns the index of the joint named "head", however it is spelled, or None."""
    names = [joint.lower() for joint in skeleton.joints]
    return names.index("head") if "head" in names else None


def head_radius(points, skeleton):
    """Returns a head's radius that suits the bodies of points `[T, N + 1, 2]`, in their unit."""
    ends = bone_ends(points, skeleton)
    size = np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1).sum(axis=1)
    return float(np.median(size)) / 42.0  # A person's head has 1/42 of all bones' length.


def _side(bone, skeleton):
    if set(bone) & set(skeleton.left):
        return LEFT
    return RIGHT if set(bone) & set(skeleton.right) else MIDDLE
