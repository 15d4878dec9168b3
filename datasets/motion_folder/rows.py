"""Reads rows of numbers from text files."""

import numpy as np

from datasets.raw_data_error import RawDataError


def read_rows(lines, columns):
    """Parses lines of numbers with white space between them.

    Args:
        lines: list of (line number, text), one per row.
        columns: number of numbers per row.

    Returns:
        float64 `[rows, columns]`, finite.

    Raises:
        RawDataError: if a line is not a row of that many finite numbers. The message names the
            first such line.
    """
    if not lines:
        raise RawDataError("expected rows of numbers, got none.")
    texts = [text for _, text in lines]
    try:
        rows = np.loadtxt(texts, np.float64, comments=None, ndmin=2)
    except ValueError:
        rows = None
    if rows is None or rows.shape[1] != columns or not np.isfinite(rows).all():
        for number, text in lines:
            _check_row(number, text.split(), columns)
        raise RawDataError(f"line {lines[0][0]} and below: expected rows of numbers.")
    return rows


def _check_row(number, cells, columns):
    if len(cells) != columns:
        raise RawDataError(f"line {number}: expected {columns} numbers, got {len(cells)}.")
    for cell in cells:
        try:
            finite = np.isfinite(float(cell))
        except ValueError:
            raise RawDataError(f"line {number}: expected a number, got {cell[:30]!r}.") from None
        if not finite:
            raise RawDataError(f"line {number}: expected finite numbers, got {cell.strip()!r}.")
