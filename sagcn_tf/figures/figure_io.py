"""From a matplotlib Figure to a file or to pixels, without pyplot and its global state."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sagcn_tf.files import atomic_write


def save(figure, path):
    """Writes the figure to `path`, whole; the suffix names the format, such as `.png`."""
    with atomic_write(path) as temporary:
        figure.savefig(temporary)


def to_image(figure):
    """Returns the figure as pixels, uint8 `[H, W, 3]`, as `tf.summary.image` takes them."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
