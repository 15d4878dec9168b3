"""Animations of motions, drawn with Pillow at three times the size for antialiasing."""

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from sagcn_tf.figures import fonts, pose
from sagcn_tf.files import atomic_write

PANEL = 300  # width and height of one clip, in pixels
TITLE = 26  # height of the line of titles, in pixels
CLIPS_PER_ROW = 5
_SUPERSAMPLING = 3
_MARGIN = 18
_BONE_WIDTH = 6
_SHADES = 24  # between a color and white


def save_gif(path, motions, skeleton, frame_rate, titles=None):
    """Writes clips side by side, at the same scale, as a GIF that repeats forever.

    Args:
        path: the file to write, atomically.
        motions: `[count, T, N, D]` in the data's unit, y down. 3-D motion is drawn from the front.
            After every `CLIPS_PER_ROW` clips, a new row starts.
        skeleton: the `Skeleton` of the motions.
        frame_rate: frames per second.
        titles: list of texts above the clips, one per clip. Default: None.

    Raises:
        ValueError: if there is no clip, a motion does not fit the skeleton, or the numbers of
            titles and clips differ.
    """
    palette = _palette()
    frames = [
        frame.quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in draw_frames(motions, skeleton, titles)
    ]
    with atomic_write(path) as temporary:
        frames[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=_durations(len(frames), frame_rate),
            loop=0,
            optimize=True,
        )


def draw_frames(motions, skeleton, titles=None):
    """Draws clips side by side, at the same scale.

    Args:
        motions: `[count, T, N, D]`, as for `save_gif`.
        skeleton: the `Skeleton` of the motions.
        titles: list of texts above the clips, one per clip. Default: None.

    Returns:
        List of T pictures in RGB.

    Raises:
        ValueError: if there is no clip, a motion does not fit the skeleton, or the numbers of
            titles and clips differ.
    """
    if not len(motions):
        raise ValueError("motions: expected at least one clip, got none.")
    titles = [""] * len(motions) if titles is None else titles
    if len(titles) != len(motions):
        raise ValueError(f"titles: expected {len(motions)}, one per clip, got {len(titles)}.")
    points = np.stack([pose.image_points(motion, skeleton) for motion in motions])
    points, radius = _to_pixels(points, skeleton)
    background = _background(titles)
    frames = []
    for poses in points.swapaxes(0, 1):  # [count, T, N + 1, 2] -> T times [count, N + 1, 2]
        frame = background.copy()
        for clip, body in enumerate(poses):
            frame.paste(_draw_body(body, skeleton, radius), _corner(clip, any(titles)))
        frames.append(frame)
    return frames


def _durations(frames, frame_rate):
    """Returns the milliseconds of each frame, rounded to GIF's 10 ms without accumulating error."""
    ends = np.round(100.0 * np.arange(frames + 1) / frame_rate)
    return [int(10 * hundredths) for hundredths in np.diff(ends)]


def _to_pixels(points, skeleton):
    """Centers each clip in its panel, at one scale for all; points `[count, T, N + 1, 2]`."""
    radius = pose.head_radius(points.reshape(-1, *points.shape[2:]), skeleton)
    lowest = points.min(axis=(1, 2), keepdims=True) - radius
    highest = points.max(axis=(1, 2), keepdims=True) + radius
    scale = (PANEL - 2 * _MARGIN) / ((highest - lowest).max() or 1.0)
    return (points - (lowest + highest) / 2) * scale + PANEL / 2, radius * scale


def _draw_body(body, skeleton, radius):
    """Draws one pose `[N + 1, 2]`, in pixels, as an antialiased panel."""
    panel = Image.new("RGB", (PANEL * _SUPERSAMPLING,) * 2, "white")
    artist = ImageDraw.Draw(panel)
    head = pose.head(skeleton)
    if head is not None:
        artist.circle(tuple(body[head] * _SUPERSAMPLING), radius * _SUPERSAMPLING, pose.MIDDLE)
    width = _BONE_WIDTH * _SUPERSAMPLING
    ends = pose.bone_ends(body[None], skeleton)[0] * _SUPERSAMPLING  # [bones, 2 ends, 2]
    for (start, end), color in zip(ends, pose.bone_colors(skeleton), strict=True):
        artist.line([tuple(start), tuple(end)], color, width)
        for joint in (start, end):
            artist.circle(tuple(joint), (width - 1) / 2, color)
    return panel.reduce(_SUPERSAMPLING)


def _background(titles):
    """Draws the white page with the titles."""
    columns = min(len(titles), CLIPS_PER_ROW)
    rows = -(-len(titles) // CLIPS_PER_ROW)
    height = PANEL + (TITLE if any(titles) else 0)
    page = Image.new("RGB", (columns * PANEL, rows * height), "white")
    artist, font = ImageDraw.Draw(page), _font("".join(titles))
    for clip, title in enumerate(titles):
        left, top = _corner(clip, any(titles))
        position = (left + PANEL // 2, top - TITLE // 2 + 3)
        artist.text(position, title, pose.MIDDLE, font, anchor="mm")
    return page


def _font(text):
    """Returns Pillow's own font, or one that has the letters it lacks."""
    if text.isascii():
        return ImageFont.load_default(size=15)
    return ImageFont.truetype(fonts.font_path(text), size=15)


def _corner(clip, titled):
    """Returns the upper left corner of a clip's panel."""
    row, column = divmod(clip, CLIPS_PER_ROW)
    title = TITLE if titled else 0
    return column * PANEL, row * (PANEL + title) + title


def _palette():
    """Returns one palette for all frames, to avoid flicker: each color in shades up to white."""
    colors = [ImageColor.getrgb(color) for color in (pose.LEFT, pose.RIGHT, pose.MIDDLE)]
    shades = np.linspace(0.0, 1.0, _SHADES)[:, None]
    ramps = [np.array(color) * shades + 255.0 * (1.0 - shades) for color in colors]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate(ramps).round().astype(int).ravel().tolist())
    return palette
