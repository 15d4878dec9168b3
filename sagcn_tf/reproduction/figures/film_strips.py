"""Figures 6, 7 and 10 to 29: film strips of generated clips beside real ones."""

import re

import numpy as np

from sagcn_tf.figures import film_strip
from sagcn_tf.reproduction.figures.picture import Picture

_EVERY = 2
_CLIPS = 3
# The paper shows two clips of each of NTU RGB+D's two splits, which are two data sets here.
_CLIPS_OF_NTU = 2


def figure_6(source, classes):
    """Draws a generated and a real clip of each class on one page.

    Args:
        source: a `FigureSource`.
        classes: names of classes. Empty or None: all.

    Returns:
        `{name: Picture}`.
    """
    names = source.chosen(classes)
    clips = {"generated": source.generated(names, 1), "real": source.real(names, 1)}
    groups = {
        name: {kind: of_kind[number, 0] for kind, of_kind in clips.items()}
        for number, name in enumerate(names)
    }
    return {"figure_6": _page(source, groups)}


def figure_7(source, classes):
    """Draws clips of two classes and of their mixture in equal parts (equation 8).

    Args:
        source: a `FigureSource`.
        classes: names of two classes; see `mixtures.pair_of`.

    Returns:
        `{name: Picture}`.
    """
    from sagcn_tf.reproduction.figures.mixtures import pair_of

    pair, count = pair_of(source, classes), _clips(source)
    ends = [
        _rows("seed", generated) | _rows("real", real)
        for generated, real in zip(
            source.generated(pair, count), source.real(pair, count), strict=True
        )
    ]
    middle = source.run.generate(dict.fromkeys(pair, 0.5), count)
    groups = {
        f"{pair[0]}, λ = 1": ends[0],
        "λ = 0.5": _rows("seed", middle),
        f"{pair[1]}, λ = 0": ends[1],
    }
    return {"figure_7": _page(source, groups)}


def gallery(source, classes):
    """Draws three generated and three real clips of each class, a picture per class.

    Of NTU RGB+D two clips are drawn, as in the paper, which shows both splits.

    Args:
        source: a `FigureSource`.
        classes: names of classes. Empty or None: all.

    Returns:
        `{name: Picture}`.
    """
    names, count = source.chosen(classes), _clips(source)
    clips = zip(names, source.generated(names, count), source.real(names, count), strict=True)
    pages = {}
    for name, generated, real in clips:
        groups = {"generated": _rows("seed", generated), "real": _rows("clip", real)}
        stem = re.sub(r"\W+", "_", name.lower())
        pages[f"gallery_{stem}"] = _page(source, groups, name)
    return pages


def _clips(source):
    return _CLIPS_OF_NTU if source.run.config.dataset.startswith("ntu") else _CLIPS


def _rows(kind, clips):
    """Names clips by their seed, or by their number if they are real."""
    return {f"{kind} {number}": clip for number, clip in enumerate(clips)}


def _page(source, groups, name=None):
    title = f"{name} ({source.title})" if name else source.title
    figure = film_strip.page(groups, source.skeleton, _EVERY, title)
    rows = [
        [name or group, row if not name else f"{group} {row}", frame, *np.ravel(pose)]
        for group, strips in groups.items()
        for row, clip in strips.items()
        for frame, pose in enumerate(clip)
    ]
    return Picture(figure, ["class", "clip", "frame", *source.coordinates()], rows)
