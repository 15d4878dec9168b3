"""Rows of numbers in a text file, read fast; a mistake is named by its line."""

import numpy as np

from datasets.raw_data_error import RawDataError


def read_rows(lines, columns, delimiter=None):
    """Reads lines of numbers.

    Args:
        lines: list of (line number, text); each is a row.
        columns: how many numbers a row has.
        delimiter: what separates them; None is white space.

    Returns:
        float64 `[rows, columns]`, finite.

    Raises:
        RawDataError: names the first line that is not such a row.
    """
    if not lines:
        raise RawDataError("expected rows of numbers, got none.")
    texts = [text for _, text in lines]
    try:
        rows = np.loadtxt(texts, np.float64, comments=None, delimiter=delimiter, ndmin=2)
    except ValueError:
        rows = None
    if rows is None or rows.shape[1] != columns or not np.isfinite(rows).all():
        for number, text in lines:
            _check_row(number, text.split(delimiter), columns)
        raise RawDataError(f"line {lines[0][0]}: expected rows of numbers after it.")
    return rows


def _check_row(number, cells, columns):
    if len(cells) != columns:
        raise RawDataError(f"line {number}: expected {columns} numbers, got {len(cells)}.")
    for cell in cells:
        try:
            finite = np.isfinite(float(cell))
        except ValueError:
            raise RawDataError(f"line {number}: {cell[:30]!r} is no number.") from None
        if not finite:
            raise RawDataError(f"line {number}: expected finite numbers, got {cell.strip()!r}.")
