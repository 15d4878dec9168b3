"""Markdown tables that are also readable as plain text."""


def table(header, rows):
    """Returns a Markdown table with aligned columns.

    Args:
        header: list of column names.
        rows: lists of strings, one string per column.
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    padded = [[cell.ljust(w) for cell, w in zip(line, widths, strict=True)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)
