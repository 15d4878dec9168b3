"""Colors that color-blind people can tell apart, for curves of several classes."""

# Of Okabe and Ito, without the yellow, which is too pale on white.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
_DASHES = ("-", "--", ":", "-.")


def curve_style(number):
    """Returns the color and the dashes of curve `number`, as arguments of `Axes.plot`.

    The first 28 curves differ; after every seven colors, the dashes change.
    """
    dashes = _DASHES[number // len(_COLORS) % len(_DASHES)]
    return {"color": _COLORS[number % len(_COLORS)], "linestyle": dashes}
