"""Training curves of a run."""

import math

import numpy as np
from matplotlib.figure import Figure

# Titles of the panels, and the words in the names of their columns.
_PANELS = (
    ("losses", "loss"),
    ("accuracies of the discriminators", "accuracy"),
    ("MMD on the selection clips", "mmd"),
    ("gradient norms", "norm"),
    ("gradient penalties", "penalty"),
)
_SMOOTH_ABOVE = 200  # longer curves are drawn pale, with their running mean on top


def draw(rows, title=None):
    """Draws losses, accuracies, MMD and gradients over the steps, one panel per kind.

    The name of a column selects its panel: the first whose word (`loss`, `accuracy`, `mmd`, `norm`,
    `penalty`) it contains. Columns without any of these words, such as rates, are not drawn.

    Args:
        rows: list of dicts with `step` and other names, as `runs.read_history` returns it.
        title: text above the panels. Default: None.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: if there is no column to draw.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    panels = {
        heading: [name for name in names if _panel(name) == heading] for heading, _ in _PANELS
    }
    panels = {heading: names for heading, names in panels.items() if names}
    if not panels:
        raise ValueError(f"rows: expected losses, accuracies or MMD to draw, got columns {names}.")
    columns = min(2, len(panels))
    lines = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(6.0 * columns, 3.4 * lines), dpi=100, layout="constrained")
    for number, (heading, names) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(lines, columns, number)
        for name in names:
            _draw_curve(axes, [(row["step"], row[name]) for row in rows if name in row], name)
        axes.set(title=heading, xlabel="step")
        if "MMD" in heading:  # after the curves, because it fixes the range of values
            axes.set_ylim(bottom=0.0)
        axes.grid(color="#e5e5e5", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8, frameon=False)
    if title:
        figure.suptitle(title)
    return figure


def _panel(name):
    return next((heading for heading, word in _PANELS if word in name.lower()), None)


def _draw_curve(axes, points, name):
    steps, values = np.transpose(points)
    if "mmd" in name.lower():
        best = int(np.argmin(values))
        label = f"{name}, lowest {values[best]:.3f} at step {steps[best]:.0f}"
        axes.plot(steps, values, marker="o", markersize=3, linewidth=1.2, label=label)
    elif len(values) <= _SMOOTH_ABOVE:
        axes.plot(steps, values, linewidth=1.2, label=name)
    else:
        (pale,) = axes.plot(steps, values, linewidth=0.6, alpha=0.25)
        width = len(values) // 50
        mean = np.convolve(values, np.full(width, 1.0 / width), mode="valid")
        middle = steps[(width - 1) // 2 :][: len(mean)]
        axes.plot(middle, mean, color=pale.get_color(), linewidth=1.4, label=name)
