"""Figure of the paths of classes over time, in two dimensions."""

import numpy as np
from matplotlib.figure import Figure

from sagcn_tf.figures.palette import curve_style


def draw(paths, names, title=None):
    """Draws a line per class from its first to its last frame, one panel per set of clips.

    Args:
        paths: dict of the name of a set, such as `"generated"`, -> `[C, T, 2]`, in one embedding.
        names: names of the C classes.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure`; all panels have the same limits and equal axes. A dot marks the first
        frame.
    """
    everything = np.concatenate([path.reshape(-1, 2) for path in paths.values()])
    lowest, highest = everything.min(axis=0), everything.max(axis=0)
    middle, reach = (lowest + highest) / 2, 0.6 * (highest - lowest).max()
    figure = Figure((8.0, 5.0), dpi=150, layout="constrained")
    panels = figure.subplots(1, len(paths), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (source, of_classes) in zip(panels, paths.items(), strict=True):
        for number, (name, path) in enumerate(zip(names, of_classes, strict=True)):
            style = curve_style(number)
            axes.plot(*path.T, **style, linewidth=1.6, label=name)
            axes.plot(*path[0], "o", color=style["color"], markersize=5)
            axes.annotate(name, path[0], (5, 4), textcoords="offset points", size=8)
        axes.set(
            xlim=(middle[0] - reach, middle[0] + reach),
            ylim=(middle[1] - reach, middle[1] + reach),
            aspect="equal",
            xticks=[],
            yticks=[],
        )
        axes.set_title(source, size=10)
    # As well as names in the panels, which overlap where classes start alike.
    lines, names = panels[0].get_legend_handles_labels()
    figure.legend(
        lines, names, loc="outside lower center", ncols=5, fontsize=8, frameon=False, handlelength=3
    )
    figure.suptitle(title or "", size=11)
    return figure


def draw_distances(distances, names, title=None):
    """Draws matrices of the distances between classes at one color scale.

    Args:
        distances: dict of the name of a set -> symmetric `[C, C]`.
        names: names of the C classes.
        title: text above the figure. Default: None.

    Returns:
        A matplotlib `Figure`.
    """
    highest = max(matrix.max() for matrix in distances.values())
    figure = Figure((8.0, 4.9), dpi=150, layout="constrained")
    panels = figure.subplots(1, len(distances), sharey=True, squeeze=False)[0]
    places = np.arange(len(names))
    for axes, (source, matrix) in zip(panels, distances.items(), strict=True):
        image = axes.imshow(matrix, cmap="cividis", vmin=0.0, vmax=highest)
        axes.set_xticks(places, names, rotation=90, size=8)
        axes.set_yticks(places, names, size=8)
        axes.set_title(source, size=10)
    figure.colorbar(image, ax=list(panels), label="distance, standardized", shrink=0.7)
    figure.suptitle(title or "", size=11)
    return figure
