"""Draws a figure of the paper from a trained run, and writes it."""

from sagcn_tf.reproduction.figures.attention import figure_4, figure_5
from sagcn_tf.reproduction.figures.film_strips import figure_6, figure_7, gallery
from sagcn_tf.reproduction.figures.mixtures import figure_8
from sagcn_tf.reproduction.figures.source import FigureSource
from sagcn_tf.reproduction.figures.trajectories import figure_9
from sagcn_tf.seal import writable_dir

_DRAW = {
    "4": figure_4,
    "5": figure_5,
    "6": figure_6,
    "7": figure_7,
    "8": figure_8,
    "9": figure_9,
    "gallery": gallery,
}


def reproduce_figure(name, run_dir, checkpoint, classes, data_dir, manual_dir):
    """Draws a figure and writes its pictures and numbers to the folder `figures` of the run.

    Those of a published run go to `runs/NAME/figures`.

    Args:
        name: one of `figures.TITLES`.
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`.
        classes: names of the classes to draw. Empty or None: as the figure's function says.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.

    Returns:
        List of the paths of the PNG, SVG and CSV files.

    Raises:
        UserError: if the run cannot be opened or does not have what the figure shows.
    """
    source = FigureSource(run_dir, checkpoint, data_dir, manual_dir)
    pictures = _DRAW[name](source, classes)
    folder = writable_dir(run_dir) / "figures"
    return [path for stem, one in pictures.items() for path in one.write(folder, stem)]
