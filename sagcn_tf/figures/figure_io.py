"""Converts matplotlib figures to files and pixels, without pyplot and its global state."""

import contextlib
import warnings

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from sagcn_tf.files import atomic_write

_COLORS = 128


def save(figure, path):
    """Writes a figure to a file, atomically; the suffix selects the format, such as `.png`.

    A PNG has a palette of 128 colors, which makes it a third as large.
    """
    with atomic_write(path) as temporary, _no_glyph_warnings():
        if temporary.suffix.lower() != ".png":
            figure.savefig(temporary)
            return
        image = Image.fromarray(to_image(figure))
        image.quantize(_COLORS, dither=Image.Dither.NONE).save(temporary, optimize=True)


def to_image(figure):
    """Renders a figure to pixels, uint8 `[H, W, 3]`, for `tf.summary.image`."""
    canvas = FigureCanvasAgg(figure)
    with _no_glyph_warnings():
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


@contextlib.contextmanager
def _no_glyph_warnings():
    """Leaves it to `fonts` to say that a letter has no font; matplotlib repeats it for each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield
