"""Figure of the nodes that reach a joint through graph convolutions, on the skeleton."""

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sagcn_tf.figures import film_strip, pose

MAX_FRAMES = 11
_COLORS = "viridis_r"
_BODY = "#cfcfcf"
_RING = "#d62839"
_NAMES = {1: "one", 2: "two", 3: "three"}


def draw(motion, shares, skeleton, frame, joint, title=None):
    """Draws the nodes that contribute to a joint, a row of poses per number of convolutions.

    Like figure 5 of the paper. Each colored joint contributes to the joint with the red ring;
    joints without color don't. Frames without such joints are left out; of more than `MAX_FRAMES`,
    those with the largest shares are drawn.

    Args:
        motion: `[T, N, D]` in the data's unit, y down.
        shares: `[L, T, N]`, as `graph_reach` returns it.
        skeleton: the `Skeleton` of the motion.
        frame: frame of the joint that is reached.
        joint: index of the joint that is reached.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure` with an axes per number of convolutions, at the same scale, and a
        color bar.
    """
    points = pose.fix_in_place(pose.image_points(motion, skeleton), skeleton)
    points = points / film_strip.pose_width(points)
    of_frame = shares[-1].sum(axis=1)
    reached = np.flatnonzero(of_frame > 0)
    shown = np.sort(reached[np.argsort(-of_frame[reached], kind="stable")[:MAX_FRAMES]])

    highest = points[shown, :, 1].min() - 2 * pose.head_radius(points, skeleton)
    lowest = points[shown, :, 1].max() + 0.35
    columns = max(len(shown), 4)
    width = 8.0
    row_height = (lowest - highest) * 0.9 * width / columns + 0.35
    figure = Figure((width, len(shares) * row_height + 0.7), dpi=150, layout="constrained")
    norm = PowerNorm(1 / 3, 0.0, float(shares.max()))
    axes = figure.subplots(len(shares), 1, squeeze=False)[:, 0]
    for number, (part, share) in enumerate(zip(axes, shares, strict=True), start=1):
        poses = points[shown] + np.stack([np.arange(len(shown)), np.zeros(len(shown))], 1)[:, None]
        film_strip.draw_bodies(part, poses, skeleton, 0.0, 0.7, color=_BODY)
        nodes = _draw_nodes(part, poses, share[shown], norm)
        for column, one in enumerate(shown):
            part.text(column, lowest, f"{one}", ha="center", va="bottom", size=8, color="#555555")
        if frame in shown:
            ring = poses[list(shown).index(frame), joint]
            part.scatter(*ring, s=110, facecolor="none", edgecolor=_RING, linewidth=1.5, zorder=4)
        limits = {"xlim": (-0.6, columns - 0.4), "ylim": (lowest, highest)}
        part.set(**limits, aspect="equal")
        part.set_axis_off()
        part.set_title(_heading(number, share, shown), size=10, loc="left")
    figure.colorbar(
        nodes, ax=list(axes), label="share", shrink=0.8, aspect=30, ticks=MaxNLocator(4)
    )
    if title:
        figure.suptitle(title, size=11)
    return figure


def _draw_nodes(axes, poses, share, norm):
    places, joints = np.nonzero(share > 0)
    return axes.scatter(
        *poses[places, joints].T,
        c=share[places, joints],
        s=26,
        cmap=_COLORS,
        norm=norm,
        edgecolor="white",
        linewidth=0.4,
        zorder=3,
    )


def _heading(number, share, shown):
    nodes, frames = np.count_nonzero(share), np.count_nonzero(share.any(axis=1))
    name = _NAMES.get(number, str(number))
    text = f"after {name} graph convolution{'s' * (number > 1)}: {nodes} nodes in {frames} frames"
    hidden = np.count_nonzero(share.any(axis=1)) - np.count_nonzero(share[shown].any(axis=1))
    return text + (f" ({hidden} frames not drawn)" if hidden else "")
