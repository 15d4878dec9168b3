"""Pictures of masked self-attention: the whole map, and the last frame's row under the poses."""

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from sagcn_tf.figures import pose

_COLORS = "YlGnBu"
_KEPT = "#d62839"


def draw(attention, pruned, title=None):
    """Draws S_mask (eq. 5): row t shows how frame t weighs the frames u <= t.

    Args:
        attention: `[T, T]`, lower triangular, as `MaskedSelfAttention` returns it for one clip.
        pruned: `[T, T]`, the same after `TopKPruning`; its non-zero entries are marked.
        title: text above the map, or None.

    Returns:
        A matplotlib `Figure`. Shades grow with the square root of the weight, as the weights of
        the first frames (1, 1/2, 1/3, ...) would leave no shade for those of the later ones.

    Raises:
        ValueError: if the two are not square matrices of one size.
    """
    attention, pruned = _checked(attention, pruned)
    frames = len(attention)
    figure = Figure(figsize=(7.0, 6.0), dpi=100, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    future = np.triu(np.ones_like(attention, bool), k=1)
    image = axes.imshow(
        np.ma.masked_array(attention, future), cmap=_COLORS, norm=PowerNorm(0.5, 0.0, 1.0)
    )
    rows, columns = np.nonzero(pruned)
    axes.scatter(columns, rows, s=400.0 / frames, marker="o", color=_KEPT, linewidths=0.0)
    axes.set(xlabel="frame it looks at, u", ylabel="frame, t", title=title or "")
    figure.colorbar(image, label="attention")
    return figure
