"""Figure 8: how mixtures of two classes (equation 8) lie between the classes."""

import itertools

import numpy as np

from sagcn_tf.errors import UserError
from sagcn_tf.figures import mixture_histograms
from sagcn_tf.metrics.embedding import METHODS, embed
from sagcn_tf.metrics.mixture_order import mixture_order
from sagcn_tf.progress import progress_bar
from sagcn_tf.reproduction.figures.picture import Picture

LAMBDAS = tuple(np.linspace(0.0, 1.0, 11))
CLIPS = 100
# The classes of the paper's figures 7 and 8, if the data set has them.
_PAIR = ("Directions", "Walking")


def figure_8(source, classes, clips=CLIPS):
    """Draws the distribution of mixtures of two classes, and its order for all pairs of classes.

    A mixture `lambda a + (1 - lambda) b` is described by its clips, each averaged over its frames,
    in standardized coordinates.

    Args:
        source: a `FigureSource`.
        classes: names of the two classes to draw; see `pair_of`.
        clips: clips per lambda. Default: 100.

    Returns:
        `{name: Picture}`.
    """
    pair, names = pair_of(source, classes), source.class_names
    pairs = list(itertools.combinations(names, 2))
    total = clips * (len(names) + len(pairs) * (len(LAMBDAS) - 2))
    with progress_bar("figure 8", total, "clip") as bar:
        ends = {name: _mean_poses(source, name, clips, 0, bar.update) for name in names}
        orders = {
            (first, second): _orders(source, first, second, ends, clips, bar.update)
            for first, second in pairs
        }
    if tuple(pair) not in orders:
        orders[tuple(pair)] = _orders(source, *pair, ends, clips)
    return {
        "figure_8": _histograms(source, pair, orders[tuple(pair)]),
        "figure_8_pairs": _matrix(source, {key: orders[key] for key in pairs}),
    }


def pair_of(source, classes):
    """Returns the names of two classes: the given ones, the paper's, or the first and the last.

    Raises:
        UserError: if there are not two different classes.
    """
    names = source.class_names
    default = _PAIR if set(_PAIR) <= set(names) else (names[0], names[-1])
    pair = source.chosen(classes, default)
    if len(pair) != 2 or pair[0] == pair[1]:
        raise UserError(f"figures 7 and 8 mix two different classes, received: {', '.join(pair)}")
    return pair


def _orders(source, first, second, ends, clips, progress=None):
    """Returns the `MixtureOrder` of each embedding of the mixtures of two classes."""
    between = [
        _mean_poses(source, {first: share, second: 1 - share}, clips, clips * number, progress)
        for number, share in enumerate(LAMBDAS[1:-1], start=1)
    ]
    vectors = np.stack([ends[second], *between, ends[first]])  # [L, clips, V]
    shape = vectors.shape[:2]
    vectors = vectors.reshape(-1, vectors.shape[-1])
    return {method: mixture_order(embed(vectors, 1, method).reshape(shape)) for method in METHODS}


def _mean_poses(source, action, clips, seed, progress):
    """Generates clips and returns their standardized mean poses, `[clips, V]`."""
    motion = source.run.generate(action, clips, seed, progress)
    return source.run.data.standardize(motion).mean(axis=1).reshape(clips, -1)


def _histograms(source, pair, orders):
    title = f"Mixtures of {pair[0]} and {pair[1]}\n({source.title})"
    figure = mixture_histograms.draw(orders, LAMBDAS, pair, title)
    rows = [
        [method, share, order.modes[row], order.correlation, clip, place]
        for method, order in orders.items()
        for row, share in enumerate(LAMBDAS)
        for clip, place in enumerate(order.places[row])
    ]
    columns = ["embedding", "lambda", "mode", "rank_correlation", "clip", "place"]
    return Picture(figure, columns, rows)


def _matrix(source, orders):
    names = source.class_names
    correlations = {method: np.full([len(names)] * 2, np.nan) for method in METHODS}
    rows = []
    for (first, second), of_pair in orders.items():
        places = names.index(first), names.index(second)
        for method, order in of_pair.items():
            correlations[method][places] = correlations[method][places[::-1]] = order.correlation
            rows.append([first, second, method, order.correlation])
    figure = mixture_histograms.draw_pairs(correlations, names, source.title)
    return Picture(figure, ["first", "second", "embedding", "rank_correlation"], rows)
