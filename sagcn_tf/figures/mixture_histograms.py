"""Figures of mixtures of two classes: a histogram per lambda, and a matrix of all pairs."""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

_COLORS = "cividis"
_MODE = "#d55e00"


def draw(orders, lambdas, names, title=None):
    """Draws a histogram of the clips for each lambda, with its mode, one column per embedding.

    Args:
        orders: dict of the name of an embedding -> `MixtureOrder`.
        lambdas: `[L]`, shares of the first class.
        names: names of the two classes.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure`. All histograms have the same height; those of a column share x.
    """
    figure = Figure((8.0, 0.62 * len(lambdas) + 1.6), dpi=150, layout="constrained")
    axes = figure.subplots(len(lambdas), len(orders), sharex="col", sharey=True, squeeze=False)
    shades = colormaps[_COLORS](np.linspace(0.0, 0.9, len(lambdas)))
    for column, (method, order) in enumerate(orders.items()):
        for row, counts in enumerate(order.counts):
            part = axes[row, column]
            part.stairs(counts, order.edges, fill=True, color=shades[row])
            part.axvline(order.modes[row], color=_MODE, linewidth=1.4)
            part.spines[["top", "right", "left"]].set_visible(False)
            part.set_yticks([])
            part.tick_params(axis="x", labelsize=8)
        axes[0, column].set_title(
            f"{method}: rank correlation {_number(order.correlation)}", size=10
        )
        axes[-1, column].set_xlabel(f"clips in one dimension ({method})", size=9)
    for row, share in enumerate(lambdas):
        label = f"{share:.1f}"
        if row in (0, len(lambdas) - 1):
            label = f"{names[1] if row == 0 else names[0]}\n{label}"
        axes[row, 0].set_ylabel(label, rotation=0, ha="right", va="center", size=9)
    figure.supylabel(f"lambda, the share of {names[0]}", size=9)
    figure.suptitle(title or "", size=11)
    return figure


def draw_pairs(correlations, names, title=None):
    """Draws the rank correlations of all pairs of classes as matrices at the same color scale.

    Args:
        correlations: dict of the name of an embedding -> symmetric `[C, C]`, NaN on the diagonal.
        names: names of the C classes.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure`.
    """
    count = len(names)
    figure = Figure((8.0, 5.2), dpi=150, layout="constrained")
    panels = figure.subplots(1, len(correlations), sharey=True, squeeze=False)[0]
    for axes, (method, values) in zip(panels, correlations.items(), strict=True):
        below = np.tril(np.ones_like(values, bool), -1)
        shown = np.ma.masked_where(~below, values)
        image = axes.imshow(shown, cmap=_COLORS, vmin=-1.0, vmax=1.0)
        for row, column in zip(*np.nonzero(below), strict=True):
            value = values[row, column]
            shade = "white" if value <= 0.3 else "black"  # black if NaN
            axes.text(column, row, _number(value), ha="center", va="center", size=7, color=shade)
        axes.set_xticks(np.arange(count), names, rotation=90, size=8)
        axes.set_yticks(np.arange(count), names, size=8)
        axes.spines[:].set_visible(False)
        axes.set_title(f"{method}, mean {_number(np.nanmean(values))}", size=10)
    bar = figure.colorbar(image, ax=list(panels), orientation="horizontal", shrink=0.5)
    bar.set_label("rank correlation between lambda and the mode", size=9)
    figure.suptitle(title or "", size=11)
    return figure


def _number(value):
    return f"{value:.2f}".replace("0.", ".", 1) if np.isfinite(value) else "none"
