"""Logs scalars, images and validation MMD during training."""

import csv
import pathlib
import time

import tensorflow as tf

from sagcn_tf.evaluation import evaluation
from sagcn_tf.evaluation.attention_report import attention_report
from sagcn_tf.figures import attention_map, film_strip
from sagcn_tf.figures.figure_io import to_image
from sagcn_tf.files import atomic_write
from sagcn_tf.runs import read_history

_PICTURED_CLASSES = 4


class Reporter:
    """Writes `tensorboard/` and `history.csv` of a run.

    The column `seconds` is the training time including evaluations, excluding interruptions.

    Args:
        data: the `MotionData` to train on.
        run_dir: folder of the run.
        frames: T.
        first_step: number of completed steps. Rows of later steps, left by an interrupted run, are
            dropped. Default: 0.
        every: number of steps between rows of scalars. Default: 10.

    Raises:
        UserError: if the history of a resumed run is damaged.
    """

    def __init__(self, data, run_dir, frames, first_step=0, every=10):
        self.data, self.frames, self.every = data, frames, every
        self.history = pathlib.Path(run_dir) / "history.csv"
        self.writer = tf.summary.create_file_writer(str(pathlib.Path(run_dir) / "tensorboard"))
        self._selection = evaluation.selection_clips(data, frames)
        self._rows = _rows_up_to(first_step, self.history)
        self._last = (first_step, time.monotonic())
        before = max((row.get("seconds", 0.0) for row in self._rows), default=0.0)
        self._begun = time.monotonic() - before

    def step(self, step, results):
        """Logs the results of a training step, every `every` steps.

        Args:
            step: number of completed steps.
            results: `{name: float}`.
        """
        if step % self.every:
            return
        then, started = self._last
        now = time.monotonic()
        self._last = (step, now)
        rate = {"steps_per_second": (step - then) / (now - started), "seconds": now - self._begun}
        self._write(step, {**results, **rate})

    def evaluation(self, step, model):
        """Logs the MMD on the selection clips, film strips and an attention map.

        Args:
            step: number of completed steps.
            model: the `MotionModel`.

        Returns:
            MMD_seq, a float.
        """
        mmd = evaluation.selection_mmd(model, self.data, self._selection)
        scores = {f"selection/{name}": value for name, value in mmd.items()}
        selection = attention_report(model, len(self.data.class_names))
        scores |= {f"attention/{name}": value for name, value in selection.items()}
        self._write(step, scores)
        self._write_images(step, model)
        self._last = (step, time.monotonic())
        return mmd["mmd_seq"]

    def _write_images(self, step, model):
        count = min(_PICTURED_CLASSES, len(self.data.class_names))
        label = tf.one_hot(tf.range(count), len(self.data.class_names))
        sampled = (model.attend if model.attends else model.generate)(label, tf.range(count))
        motion = sampled["motion"] if model.attends else sampled
        generated = self.data.unstandardize(motion.numpy())
        groups = {}
        for index, name in enumerate(self.data.class_names[:count]):
            real = self.data.unstandardize(self._selection[index, 0])
            groups[name] = {"generated": generated[index], "real": real}
        figures = {"film strips": film_strip.page(groups, self.data.skeleton)}
        if model.attends:
            maps = (sampled[name][0].numpy() for name in ("attention", "kept"))
            figures["attention"] = attention_map.draw(*maps)
        with self.writer.as_default(step):
            for name, figure in figures.items():
                tf.summary.image(name, to_image(figure)[None])

    def _write(self, step, values):
        with self.writer.as_default(step):
            for name, value in values.items():
                tf.summary.scalar(name, value)
        if self._rows and self._rows[-1]["step"] == step:
            self._rows[-1].update(values)
        else:
            self._rows.append({"step": step, **values})

    def flush(self):
        """Writes the history. Call it before each checkpoint, so the history is not behind it."""
        self.writer.flush()
        columns = list(dict.fromkeys(["step", *(name for row in self._rows for name in row)]))
        with atomic_write(self.history) as temporary, open(temporary, "w", newline="") as file:
            rows = csv.DictWriter(file, columns)
            rows.writeheader()
            rows.writerows(self._rows)


def _rows_up_to(step, history):
    """Reads the rows of a history file up to a step, with integer steps."""
    rows = read_history(history) if history.exists() else []
    return [{**row, "step": int(row["step"])} for row in rows if row["step"] <= step]
