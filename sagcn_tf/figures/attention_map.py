"""Figures of masked self-attention: the whole map, and the last row with the poses."""

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from sagcn_tf.figures import film_strip, pose

_COLORS = "YlGnBu"
_KEPT = "#d62839"
_ENLARGED = 1.4  # size of the kept poses, relative to those above the strip


def draw(attention, kept, title=None):
    """Draws S_mask (equation 5): row t has the weights that frame t gives to the frames u <= t.

    Args:
        attention: `[T, T]`, lower triangular, as `MaskedSelfAttention` returns it for one clip.
        kept: int `[T, K + 1]`, the frames to mark in each row, as `TopKPruning.kept_frames` returns
            them for one clip; -1 means no frame.
        title: text above the map. Default: None.

    Returns:
        A matplotlib `Figure`. The color scale follows the cube root of the weights, because the
        large weights of the first rows (1, 1/2, 1/3, ...) would hide the small ones of later rows.

    Raises:
        ValueError: if `attention` is not square, or `kept` does not fit it.
    """
    attention, kept = _checked(attention, kept)
    frames = len(attention)
    figure = Figure(figsize=(7.0, 6.0), dpi=100, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    future = np.triu(np.ones_like(attention, bool), k=1)
    image = axes.imshow(
        np.ma.masked_array(attention, future), cmap=_COLORS, norm=PowerNorm(1 / 3, 0.0, 1.0)
    )
    rows, places = np.nonzero(kept >= 0)
    axes.scatter(
        kept[rows, places],
        rows,
        s=400.0 / frames,
        marker="o",
        color=_KEPT,
        linewidths=0.0,
        label="kept by pruning",
    )
    axes.legend(loc="upper right", frameon=False)
    axes.set(xlabel="attended frame, u", ylabel="frame, t", title=title or "")
    figure.colorbar(image, label="attention")
    return figure


def draw_last_row(motion, attention, kept, skeleton, every=3, title=None):
    """Draws the attention of the last frame as a heat strip, with poses above and below.

    Like figure 4 of the paper: poses of the motion are above the strip. Below it are the frames
    that pruning keeps, including the last frame itself, in order of decreasing attention, with
    their frame numbers and weights.

    Args:
        motion: `[T, N, D]` in the data's unit, y down.
        attention: `[T, T]`, as for `draw`.
        kept: `[T, K + 1]`, as for `draw`.
        skeleton: the `Skeleton` of the motion.
        every: distance in frames between the poses above the strip. Default: 3.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure` with one axes.

    Raises:
        ValueError: if the shapes do not fit each other or the skeleton.
    """
    attention, kept = _checked(attention, kept)
    points = pose.fix_in_place(pose.image_points(motion, skeleton), skeleton)
    if len(points) != len(attention):
        raise ValueError(
            f"motion: expected {len(attention)} frames, the size of attention, got {len(points)}."
        )
    points = points / film_strip.pose_width(points)
    last = kept[-1][kept[-1] >= 0]
    last = last[np.argsort(-attention[-1, last], kind="stable")]
    return _draw_strip(points, attention[-1], last, skeleton, every, title)


def _draw_strip(points, weights, kept, skeleton, every, title):
    """Draws, from top to bottom: poses, heat strip, lines to the kept poses, these poses, a note.

    One unit of the axes is the width of a pose above the strip, which is `every` frames.
    """
    frames, radius = len(points), pose.head_radius(points, skeleton)
    highest, lowest = points[..., 1].min() - radius, points[..., 1].max()
    strip = lowest + 0.6, lowest + 1.2  # upper and lower edge of the heat strip
    below = strip[1] + 0.9 - _ENLARGED * highest  # y of the roots of the kept poses
    bottom = below + _ENLARGED * lowest + 1.4
    left, right = -0.7, (frames - 1) / every + 0.7

    inches = 12.0 / (right - left)
    head = 0.4 if title else 0.1
    height = (bottom - highest) * inches + head
    figure = Figure(figsize=(12.0, height), dpi=100, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1 - head / height))
    if title:
        figure.text(0.5, 1 - head / height / 2, title, ha="center", va="center", size=12)

    ends = -0.5 / every, (frames - 0.5) / every
    axes.imshow(weights[None], _COLORS, extent=(*ends, *strip[::-1]), vmin=0.0)
    shown = np.arange(0, frames, every)
    poses = _at(points[shown], shown / every, 0.0)
    film_strip.draw_bodies(axes, poses, skeleton, radius, inches)
    for frame in shown:
        axes.text(
            frame / every, strip[0] - 0.1, frame, ha="center", va="bottom", size=9, color="#666666"
        )

    slots = np.linspace(*ends, 2 * len(kept) + 1)[1::2]
    poses = _at(_ENLARGED * points[kept], slots, below)
    film_strip.draw_bodies(axes, poses, skeleton, _ENLARGED * radius, _ENLARGED * inches)
    for frame, slot in zip(kept, slots, strict=True):
        line = [frame / every, frame / every, slot], [strip[1], strip[1] + 0.15, strip[1] + 0.75]
        axes.plot(*line, color=_KEPT, linewidth=1)
        itself = " (itself)" if frame == frames - 1 else ""
        text = f"frame {frame}{itself}\n{weights[frame]:.3f}"
        axes.text(slot, bottom - 1.2, text, ha="center", va="top", size=11)
    note = (
        f"Strip: attention of frame {frames - 1} to each frame, from 0 (light) to "
        f"{weights.max():.3f} (dark). Below: the frames that pruning keeps."
    )
    axes.text(ends[0], bottom - 0.15, note, size=10, color="#666666")
    axes.set(xlim=(left, right), ylim=(bottom, highest), aspect="equal")
    axes.set_axis_off()
    return figure


def _at(points, columns, height):
    """Moves poses `[poses, N + 1, 2]` to their columns at the same height."""
    return points + np.stack([columns, np.full(len(columns), height)], axis=-1)[:, None]


def _checked(attention, kept):
    attention, kept = np.asarray(attention, np.float64), np.asarray(kept)
    if attention.ndim != 2 or attention.shape[0] != attention.shape[1]:
        raise ValueError(f"attention: expected [T, T] of one clip, got {list(attention.shape)}.")
    frames = len(attention)
    if kept.ndim != 2 or len(kept) != frames or not ((kept >= -1) & (kept < frames)).all():
        raise ValueError(
            f"kept: expected [{frames}, K + 1] frame numbers from -1 to {frames - 1}, "
            f"got {list(kept.shape)} with values up to {kept.max(initial=-1)}."
        )
    return attention, kept
