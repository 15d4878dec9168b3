"""Figure 9: the paths of the classes through the space of poses."""

import numpy as np

from sagcn_tf.errors import UserError
from sagcn_tf.figures import trajectories
from sagcn_tf.metrics.class_distances import class_distances
from sagcn_tf.metrics.embedding import embed
from sagcn_tf.metrics.rank_correlation import rank_correlation
from sagcn_tf.reproduction.figures.picture import Picture

CLIPS = 100


def figure_9(source, classes, clips=CLIPS):
    """Draws the mean clip of each class as a path, generated and real, in one t-SNE embedding.

    Args:
        source: a `FigureSource`.
        classes: names of classes. Empty or None: all.
        clips: clips per class. Default: 100.

    Returns:
        `{name: Picture}`: the paths, and the distances between the mean clips.

    Raises:
        UserError: if there are fewer than three classes.
    """
    names, standardize = source.chosen(classes), source.run.data.standardize
    if len(names) < 3:
        raise UserError(f"figure 9 compares three classes or more, received: {', '.join(names)}")
    motion = {
        "generated": standardize(source.generated(names, clips)),
        "real": standardize(source.real(names, clips)),
    }
    means = np.stack([of_kind.mean(axis=1) for of_kind in motion.values()])  # [2, C, T, N, D]
    points = embed(means.reshape(-1, means.shape[3] * means.shape[4]), 2)
    points = points.reshape(*means.shape[:3], 2)
    distances = {kind: class_distances(of_kind) for kind, of_kind in motion.items()}
    above = np.triu_indices(len(names), k=1)
    correlation = rank_correlation(*(matrix[above] for matrix in distances.values()))
    title = f"Mean clips of classes: distances correlate {correlation:.2f}\n({source.title})"
    figure = trajectories.draw(dict(zip(motion, points, strict=True)), names, title)
    path_rows = [
        [kind, name, frame, *point]
        for kind, of_kind in zip(motion, points, strict=True)
        for name, path in zip(names, of_kind, strict=True)
        for frame, point in enumerate(path)
    ]
    return {
        "figure_9": Picture(figure, ["clips", "class", "frame", "x", "y"], path_rows),
        "figure_9_distances": _matrices(source, names, distances, correlation),
    }


def _matrices(source, names, distances, correlation):
    title = f"Distances between mean clips, rank correlation {correlation:.2f}\n({source.title})"
    figure = trajectories.draw_distances(distances, names, title)
    rows = [
        [first, second, *(matrix[i, j] for matrix in distances.values()), correlation]
        for i, first in enumerate(names)
        for j, second in enumerate(names)
        if i < j
    ]
    return Picture(figure, ["first", "second", *distances, "rank_correlation"], rows)
