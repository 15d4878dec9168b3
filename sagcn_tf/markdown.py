"""Markdown tables that are also readable as plain text."""

import unicodedata

_TERMINAL = 80  # columns


def table(header, rows):
    """Returns a Markdown table with aligned columns.

    Args:
        header: list of column names.
        rows: lists of strings, one string per column.
    """
    widths = [max(map(text_width, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    padded = [
        [cell + " " * (w - text_width(cell)) for cell, w in zip(line, widths, strict=True)]
        for line in lines
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def tables(header, rows, keys=1):
    """Returns a table, or several below each other if it is wider than a terminal.

    Args:
        header: list of column names.
        rows: lists of strings, one string per column.
        keys: number of columns that each table begins with. Default: 1.
    """
    widths = [max(map(text_width, column)) + 3 for column in zip(header, *rows, strict=True)]
    parts, room = [], 0
    for column, width in enumerate(widths[keys:], start=keys):
        if not parts or width > room:
            parts.append([])
            room = _TERMINAL - 1 - sum(widths[:keys])
        parts[-1].append(column)
        room -= width

    def part_of(line, part):
        return [*line[:keys], *(line[column] for column in part)]

    return "\n\n".join(
        table(part_of(header, part), [part_of(row, part) for row in rows]) for part in parts or [[]]
    )


def text_width(text):
    """Returns the width of a text in columns of a terminal: two for a Chinese character."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
