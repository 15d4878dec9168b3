"""Draws motions as an animation or a film strip, from a model's description alone."""

import numpy as np

LEFT, RIGHT, MIDDLE = "#c0392b", "#2c6fbb", "#3d3d3d"
CLIPS_A_ROW = 5
_INCHES, _DPI = 3.0, 100  # of one clip of an animation
_STRIP_INCHES = 12.0  # width of a film strip
_TITLE = 0.12  # the part of it that the titles take


def save_gif(path, motions, description, titles):
    """Writes clips side by side, at one scale, as a GIF that repeats for ever.

    Args:
        path: the file to write.
        motions: `[count, T, N, D]` in the model's unit, y down; of D = 3 the camera's view is
            drawn.
        description: `Description` of the model.
        titles: one text above each clip.
    """
    from PIL import Image

    points = _points(motions)
    columns = min(len(points), CLIPS_A_ROW)
    rows = -(-len(points) // CLIPS_A_ROW)
    figure, canvas = _paper(columns * _INCHES, rows * _INCHES)
    lowest, highest = points.min(axis=(1, 2)), points.max(axis=(1, 2))  # [count, 2]
    half = 0.55 * (highest - lowest).max() or 1.0
    bodies = []
    for clip, ((x, y), title) in enumerate(zip((lowest + highest) / 2, titles, strict=True)):
        axes = figure.add_subplot(rows, columns, clip + 1)
        axes.set(xlim=(x - half, x + half), ylim=(y + half, y - half), aspect="equal")
        axes.set_axis_off()
        axes.set_title(title, size=11, color=MIDDLE)
        bodies.append(_add_bodies(axes, description.skeleton))
    frames = []
    for poses in points.swapaxes(0, 1):  # [count, T, N + 1, 2] -> T times [count, N + 1, 2]
        for move, pose in zip(bodies, poses, strict=True):
            move(pose[None])
        canvas.draw()
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]))
    # GIF counts hundredths of a second: what rounding leaves is carried on.
    ends = np.round(100.0 * np.arange(len(frames) + 1) / description.frame_rate)
    durations = (10 * np.diff(ends)).astype(int).tolist()
    options = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0}
    frames[0].save(path, format="GIF", **options)


def save_png(path, motions, description, titles, every=3):
    """Writes clips as film strips, one below the other.

    Args:
        path: the file to write.
        motions: as in `save_gif`, as are `description` and `titles`.
        description: as in `save_gif`.
        titles: one text before each strip.
        every: a pose is drawn every so many frames.
    """
    points = _points(motions)[:, ::every]
    count, columns = points.shape[:2]
    size = 1.15 * (points.max(axis=(0, 1, 2)) - points.min(axis=(0, 1, 2))) + 1e-6
    corners = np.stack(np.meshgrid(np.arange(columns), np.arange(count)), axis=-1) * size
    placed = points + corners[:, :, None]  # [count, poses, N + 1, 2] + [count, poses, 1, 2]
    lowest = placed.min(axis=(0, 1, 2)) - 0.1 * size
    highest = placed.max(axis=(0, 1, 2)) + 0.1 * size
    width, height = highest - lowest
    figure, canvas = _paper(_STRIP_INCHES, _STRIP_INCHES * (1 - _TITLE) * height / width)
    axes = figure.add_axes((_TITLE, 0, 1 - _TITLE, 1))
    axes.set(xlim=(lowest[0], highest[0]), ylim=(highest[1], lowest[1]), aspect="equal")
    axes.set_axis_off()
    move = _add_bodies(axes, description.skeleton, columns * count)
    move(placed.reshape(-1, *placed.shape[2:]))
    for title, strip in zip(titles, placed, strict=True):
        place = (lowest[0], strip[..., 1].mean())
        axes.text(*place, title, ha="right", va="center", size=9, color=MIDDLE)
    canvas.print_png(path)


def _points(motions):
    """Where the joints are seen, and last the root at the origin: `[count, T, N + 1, 2]`."""
    motions = np.asarray(motions, np.float64)[..., :2]
    return np.pad(motions, ((0, 0), (0, 0), (0, 1), (0, 0)))


def _add_bodies(axes, skeleton, poses=1):
    """Adds bodies whose left limbs are red and whose right limbs are blue.

    Returns:
        A function that moves them to points `[poses, N + 1, 2]`.
    """
    from matplotlib.collections import LineCollection

    left, right, bones = set(skeleton["left"]), set(skeleton["right"]), skeleton["bones"]
    colors = [
        LEFT if left & set(bone) else RIGHT if right & set(bone) else MIDDLE for bone in bones
    ]
    limbs = LineCollection([], colors=colors * poses, linewidths=3, capstyle="round")
    axes.add_collection(limbs, autolim=False)
    (heads,) = axes.plot([], [], "o", color=MIDDLE, markersize=9)
    named_head = [i for i, joint in enumerate(skeleton["joints"]) if joint.lower() == "head"]

    def move(points):
        limbs.set_segments(points[:, np.array(bones)].reshape(-1, 2, 2))
        heads.set_data(*points[:, named_head].reshape(-1, 2).T)

    return move


def _paper(width, height):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
    return figure, FigureCanvasAgg(figure)
