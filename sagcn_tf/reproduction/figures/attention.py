"""Figures 4 and 5: which frames and joints a frame depends on."""

import numpy as np

from sagcn_tf.errors import UserError
from sagcn_tf.figures import attention_map, reach_map
from sagcn_tf.generation.labels import label_of
from sagcn_tf.metrics.graph_reach import graph_reach
from sagcn_tf.reproduction.figures.picture import Picture

# The class of the paper's figure 4, if the data set has it.
_CLASS = "Directions"


def figure_4(source, classes):
    """Draws the attention of the last frame of a clip as a heat strip, and the whole map.

    Args:
        source: a `FigureSource`.
        classes: names of classes, of which the first is drawn. Empty or None: Directions, or the
            first class of the data set.

    Returns:
        `{name: Picture}`.

    Raises:
        UserError: if the run has no attention graph.
    """
    name, motion, attention, kept = _attended(source, classes)
    title = f"{name}, seed 0 ({source.title})"
    strip = attention_map.draw_last_row(motion, attention, kept, source.skeleton, title=title)
    whole = attention_map.draw(attention, kept, title)
    last = [[u, attention[-1, u], int(u in kept[-1])] for u in range(len(attention))]
    rows = [
        [t, u, attention[t, u], int(u in kept[t])]
        for t in range(len(attention))
        for u in range(t + 1)
    ]
    return {
        "figure_4": Picture(strip, ["attended_frame", "attention", "kept"], last),
        "figure_4_map": Picture(whole, ["frame", "attended_frame", "attention", "kept"], rows),
    }


def figure_5(source, classes):
    """Draws the nodes that reach the center joint of the last frame; see `figure_4`."""
    name, motion, attention, kept = _attended(source, classes)
    skeleton, frame = source.skeleton, len(attention) - 1
    joint = skeleton.center
    shares = graph_reach(attention, kept, skeleton.adjacency(), frame, joint)
    title = f"{name}, seed 0: what reaches {skeleton.joints[joint]} of frame {frame}"
    figure = reach_map.draw(motion, shares, skeleton, frame, joint, f"{title}\n({source.title})")
    rows = [
        [number, t, skeleton.joints[n], share[t, n]]
        for number, share in enumerate(shares, start=1)
        for t, n in zip(*np.nonzero(share), strict=True)
    ]
    columns = ["graph_convolutions", "frame", "joint", "share"]
    return {"figure_5": Picture(figure, columns, rows)}


def _attended(source, classes):
    """Returns class, motion, attention and kept frames of the clip of seed 0."""
    run = source.run
    if not run.model.attends or run.config.gc_type != "sagc":
        system = run.config.model if not run.model.attends else f"gc_type {run.config.gc_type}"
        raise UserError(
            f"figures 4 and 5 show the graph that attention makes of the frames, but the run has "
            f"none ({system}). Use a run of SA-GCN with gc_type = sagc"
        )
    default = [_CLASS] if _CLASS in source.class_names else source.class_names[:1]
    name = source.chosen(classes, default)[0]
    label, _ = label_of(name, source.class_names)
    outputs = run.model.attend(label[None], np.zeros(1, np.int32))
    motion, attention, kept = (
        np.asarray(outputs[key])[0] for key in ("motion", "attention", "kept")
    )
    return name, run.data.unstandardize(motion), attention, kept
