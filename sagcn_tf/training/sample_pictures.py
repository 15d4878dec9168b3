"""Draws pictures of a finished run: generated clips next to real ones."""

import pathlib

import numpy as np

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.figures import attention_map, curves, figure_io, film_strip
from sagcn_tf.figures.animation import save_gif
from sagcn_tf.figures.root_path import seen_from_the_side
from sagcn_tf.generation.sampling import sample_label
from sagcn_tf.runs import read_history

_MAX_ANIMATED = 5


def draw_samples(model, data, run_dir, frames) -> list[pathlib.Path]:
    """Draws film strips, an animation and the training curves, and the attention if there is any.

    Args:
        model: a `MotionModel`.
        data: its `MotionData`, with sequences.
        run_dir: folder of the run. The pictures are written to `samples/`.
        frames: T.

    Returns:
        List of the files written.
    """
    folder = pathlib.Path(run_dir) / "samples"
    real = data.unstandardize(evaluation_clips(data, "train", 1, seed=0, frames=frames))[:, 0]
    real = seen_from_the_side(real, data)
    seed = np.zeros(1, np.int32)
    one_hot = np.eye(len(data.class_names), dtype=np.float32)
    generated = np.concatenate([sample_label(model, data, label, seed) for label in one_hot])
    generated = seen_from_the_side(generated, data)
    groups = {
        name: {"generated": generated[number], "real": real[number]}
        for number, name in enumerate(data.class_names)
    }
    figures = {"film_strips.png": film_strip.page(groups, data.skeleton)}
    if model.attends:
        attended = model.attend(one_hot[:1], seed)
        maps = (attended[name][0].numpy() for name in ("attention", "kept"))
        figures["attention.png"] = attention_map.draw_last_row(generated[0], *maps, data.skeleton)
    history = read_history(pathlib.Path(run_dir) / "history.csv")
    figures["curves.png"] = curves.draw(history)
    for name, figure in figures.items():
        figure_io.save(figure, folder / name)
    shown = np.linspace(0, len(groups) - 1, min(_MAX_ANIMATED, len(groups))).astype(int)
    titles = [data.class_names[number] for number in shown]
    save_gif(folder / "motion.gif", generated[shown], data.skeleton, data.clip_rate(frames), titles)
    return [folder / name for name in (*figures, "motion.gif")]
