"""Film strips: the poses of a motion side by side, one row per clip."""

import functools

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from sagcn_tf.figures import fonts, pose
from sagcn_tf.markdown import text_width

_PAGE_INCHES = 12.0
_GROUP_LETTER, _LABEL_LETTER = 0.095, 0.07  # width of a letter, in inches
_POSE_INCHES = 0.9  # maximum width of a pose; long strips have narrower ones
_ROW_GAP = 0.2  # space between rows, in widths of a pose


def draw(motion, skeleton, every=3, title=None):
    """Draws one motion as a strip.

    Args:
        motion: `[T, N, D]` in the data's unit, y down. 3-D motion is drawn from the front.
        skeleton: the `Skeleton` of the motion.
        every: distance in frames between poses, starting at the first frame. Default: 3.
        title: text above the strip. Default: None.

    Returns:
        A matplotlib `Figure`; left limbs are red, right limbs blue.

    Raises:
        ValueError: if `every` is below 1 or the motion does not fit the skeleton.
    """
    return page({"": {"": motion}}, skeleton, every, title)


def page(groups, skeleton, every=3, title=None):
    """Draws rows of strips in labeled groups, all at the same scale.

    Args:
        groups: dict of group name -> dict of row label -> motion `[T, N, D]` in the data's unit,
            such as `{"walking": {"generated": ..., "real": ...}}`.
        skeleton: the `Skeleton` of all motions.
        every: distance in frames between poses, starting at the first frame. Default: 3.
        title: text above the page. Default: None.

    Returns:
        A matplotlib `Figure` with a single axes.

    Raises:
        ValueError: if there is no motion, `every` is below 1, or a motion does not fit the
            skeleton.
    """
    if every < 1:
        raise ValueError(f"every: expected at least 1 frame, got {every}.")
    rows = [
        (group, label, pose.fix_in_place(pose.image_points(motion, skeleton), skeleton)[::every])
        for group, strips in groups.items()
        for label, motion in strips.items()
    ]
    if not rows:
        raise ValueError("groups: expected at least one motion, got none.")
    width, radius, placed = _layout([points for _, _, points in rows], skeleton)
    columns = max(len(points) for points in placed)
    label_inches = _label_inches(rows)
    pose_inches = min((_PAGE_INCHES - label_inches) / columns, _POSE_INCHES)

    left = -label_inches * width / pose_inches
    bottom = placed[-1][..., 1].max() + 0.5 * width
    family = fonts.families("".join([title or "", *(name for row in rows for name in row[:2])]))
    figure, axes = _new_page(left, columns * width, bottom, pose_inches / width, title, family)
    draw_bodies(axes, np.concatenate(placed), skeleton, radius, pose_inches)
    _write_labels(axes, rows, placed, left, family)
    _separate_groups(axes, rows, placed, radius + _ROW_GAP * width / 2)
    for column in range(columns):
        position = ((column + 0.5) * width, bottom)
        axes.text(*position, f"{column * every}", ha="center", va="bottom", size=9, color="#666666")
    return figure


def pose_width(points):
    """Returns the width of a column for poses `[poses, N + 1, 2]`.

    A few wide poses may extend into the next column, so that they do not shrink the whole strip.
    """
    reach = np.abs(points[..., 0]).max(axis=1)
    return 2.2 * float(np.quantile(reach, 0.95)) or 1.0


def draw_bodies(axes, points, skeleton, radius, pose_inches, color=None):
    """Draws poses in axes.

    Args:
        axes: matplotlib axes.
        points: `[poses, N + 1, 2]`, joint positions in the coordinates of the axes.
        skeleton: the `Skeleton`.
        radius: radius of the head, in the same coordinates.
        pose_inches: width of a pose in inches, which determines the line width.
        color: one color for all bones and heads. Default: None, a color per side of the body.
    """
    bones = pose.bone_ends(points, skeleton).reshape(-1, 2, 2)  # [poses * bones, 2 ends, x and y]
    colors = color or pose.bone_colors(skeleton) * len(points)
    width = 3.6 * pose_inches  # in points; visible, but thinner than a limb
    axes.add_collection(LineCollection(bones, colors=colors, linewidths=width, capstyle="round"))
    head = pose.head(skeleton)
    if head is not None:
        circles = [Circle(point, radius) for point in points[:, head]]
        axes.add_collection(PatchCollection(circles, facecolor=color or pose.MIDDLE))


def _layout(strips, skeleton):
    """Moves each pose to its column and row.

    Returns:
        `(width, radius, placed)`: the width of a column, the radius of a head, and the moved points
        of each strip.
    """
    everything = np.concatenate(strips)
    radius = pose.head_radius(everything, skeleton)
    width = pose_width(everything)
    top, placed = 0.0, []
    for points in strips:
        highest, lowest = points[..., 1].min() - radius, points[..., 1].max()
        top += _ROW_GAP * width
        columns = (np.arange(len(points)) + 0.5) * width
        shift = np.stack([columns, np.full(len(points), top - highest)], axis=-1)
        placed.append(points + shift[:, None])  # [poses, N + 1, 2] + [poses, 1, 2]
        top += lowest - highest
    return width, radius, placed


def _new_page(left, right, bottom, inches, title, family):
    """Creates a figure with one axes: equal aspect, y down, `inches` per unit of the data."""
    head = 0.4 if title else 0.0
    width, height = (right - left) * inches, bottom * inches + head
    figure = Figure(figsize=(width, height), dpi=100, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1 - head / height))
    axes.set(xlim=(left, right), ylim=(bottom, 0.0), aspect="equal")
    axes.set_axis_off()
    if title:
        place = {"ha": "center", "va": "center", "size": 12, "family": family}
        figure.text(0.5, 1 - 0.5 * head / height, title, **place)
    return figure, axes


def _label_inches(rows):
    """Returns the width of the column of labels, 0 without labels."""
    widest = max(
        max(_GROUP_LETTER * text_width(group), _LABEL_LETTER * text_width(label))
        for group, label, _ in rows
    )
    return widest + 0.25 if widest else 0.0


def _write_labels(axes, rows, placed, left, family):
    previous = None
    for (group, label, _), points in zip(rows, placed, strict=True):
        middle = (left, (points[..., 1].min() + points[..., 1].max()) / 2)
        starts_group = bool(group) and group != previous
        shift = 7 if starts_group and label else 0  # half a line, if there are two lines
        place = {"xy": middle, "textcoords": "offset points", "va": "center", "family": family}
        write = functools.partial(axes.annotate, **place)
        if starts_group:
            write(group, xytext=(8, shift), size=11, weight="bold")
        write(label, xytext=(8, -shift), size=9, color="#666666")
        previous = group


def _separate_groups(axes, rows, placed, above):
    for (before, _, _), (group, _, _), points in zip(rows, rows[1:], placed[1:], strict=False):
        if group != before:
            axes.axhline(points[..., 1].min() - above, color="#d5d5d5", linewidth=0.8)
