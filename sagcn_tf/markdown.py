"""Tables that read well as plain text and as Markdown."""


def table(header, rows):
    """A Markdown table whose columns are aligned.

    Args:
        header: names of the columns.
        rows: lists of as many strings.
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    padded = [[cell.ljust(w) for cell, w in zip(line, widths, strict=True)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)
