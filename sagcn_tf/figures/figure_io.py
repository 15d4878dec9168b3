"""Converts matplotlib figures to files and pixels, without pyplot and its global state."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sagcn_tf.files import atomic_write


def save(figure, path):
    """Writes a figure to a file, atomically; the suffix selects the format, such as `.png`."""
    with atomic_write(path) as temporary:
        figure.savefig(temporary)


def to_image(figure):
    """Renders a figure to pixels, uint8 `[H, W, 3]`, for `tf.summary.image`."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
