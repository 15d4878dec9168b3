"""A picture of a figure, with the numbers behind it."""

import csv
import dataclasses
import pathlib

from matplotlib.figure import Figure

from sagcn_tf.errors import UserError
from sagcn_tf.figures import figure_io
from sagcn_tf.files import atomic_write

_SUFFIXES = (".png", ".svg")


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture of a figure, with the numbers behind it.

    Attributes:
        figure: a matplotlib `Figure`.
        columns: names of the columns of numbers.
        rows: lists of values, one per column.
    """

    figure: Figure
    columns: list[str]
    rows: list[list]

    def write(self, folder, name):
        """Writes `name.png`, `name.svg` and `name.csv` to a folder, and returns their paths.

        Raises:
            UserError: if the folder cannot be written.
        """
        paths = [pathlib.Path(folder) / f"{name}{suffix}" for suffix in (*_SUFFIXES, ".csv")]
        try:
            for path in paths[:-1]:
                figure_io.save(self.figure, path)
            with atomic_write(paths[-1]) as temporary, open(temporary, "w", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(self.columns)
                writer.writerows([_text(value) for value in row] for row in self.rows)
        except OSError as error:
            raise UserError(f"{folder} cannot be written: {error}") from error
        return paths


def _text(value):
    """Formats a number with six digits, which is more than a picture shows."""
    return f"{value:.6g}" if hasattr(value, "dtype") or isinstance(value, float) else value
