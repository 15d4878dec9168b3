"""Logs scalars, images and validation MMD during training."""

import csv
import pathlib
import time

import numpy as np
import tensorflow as tf

from sagcn_tf.evaluation.attention_report import attention_report
from sagcn_tf.evaluation.selection import Selection
from sagcn_tf.figures import attention_map, film_strip
from sagcn_tf.figures.figure_io import to_image
from sagcn_tf.figures.root_path import seen_from_the_side
from sagcn_tf.files import atomic_write
from sagcn_tf.runs import read_history
from sagcn_tf.training.board import Board

_ATTENTION_MAPS = 4
_PAGE_DPI = 70  # a page of all classes is large


class Reporter:
    """Writes `tensorboard/` and `history.csv` of a run.

    A column of the history is a scalar in TensorBoard: `selection/x` is `quality/x`, `attention/x`
    is `quality/attention_x`, and any other `x` is `health/x`. The column `seconds` is the training
    time including evaluations, excluding interruptions.

    Args:
        model: the `MotionModel` that is trained.
        data: the `MotionData` to train on.
        run_dir: folder of the run.
        first_step: number of completed steps. Rows and events of later steps, left by an
            interrupted run, are dropped. Default: 0.
        every: number of steps between rows of scalars. Default: 10.
        classifiers: `{kind: TrainedClassifier}` of the data. Default: none.

    Raises:
        UserError: if the history of a resumed run is damaged.
    """

    def __init__(self, model, data, run_dir, first_step=0, every=10, classifiers=None):
        self.model, self.data, self.every = model, data, every
        self.history = pathlib.Path(run_dir) / "history.csv"
        self._rows = _rows_up_to(first_step, self.history)
        self.board = Board(run_dir, model, first_step, self.evaluated(first_step))
        self._selection = Selection(data, model.config.frames, classifiers)
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
        steps_per_second = (step - then) / (now - started)
        rates = {
            f"{name}/learning_rate": float(tf.convert_to_tensor(optimizer.learning_rate))
            for name, optimizer in self.model.optimizers.items()
        }
        rates["steps_per_second"] = steps_per_second
        rates["clips_per_second"] = steps_per_second * self.model.config.batch_size
        self._write(step, {**results, **rates, "seconds": now - self._begun})

    def evaluation(self, step):
        """Logs how good generated clips are, and what they look like.

        If the history has the evaluation of this step already, it is not repeated.

        Args:
            step: number of completed steps.

        Returns:
            MMD_seq on the selection clips, a float.
        """
        if self.evaluated(step):
            return self._row(step)["selection/mmd_seq"]
        quality = self._selection.measure(self.model)
        attention = attention_report(self.model, len(self.data.class_names))
        scores = {f"selection/{name}": value for name, value in quality.items()}
        scores |= {f"attention/{name}": value for name, value in attention.items()}
        lines = {f"quality/{name}": value for name, value in self._selection.references.items()}
        self.board.scalars(step, {**lines, "quality/one": 1.0})
        self._show_clips(step)
        weights = {f"weights/{weight.path}": weight for weight in self.model.sampled_weights}
        self.board.histograms(step, weights)
        self._write(step, scores)  # last, because a row with scores means a complete evaluation
        self._last = (step, time.monotonic())
        return quality["mmd_seq"]

    def _drawn(self, clips):
        return seen_from_the_side(self.data.unstandardize(clips), self.data)

    def _show_clips(self, step):
        """Draws two clips per class, one with the same seed in every call, and their attention."""
        classes = len(self.data.class_names)
        label = tf.one_hot(np.tile(np.arange(classes), 2), classes)
        fresh = (step * classes + np.arange(classes)) % 2**31
        seed = tf.constant(np.concatenate([np.arange(classes), fresh]), tf.int32)
        sampled = (self.model.attend if self.model.attends else self.model.generate)(label, seed)
        motion = sampled["motion"] if self.model.attends else sampled
        generated = self._drawn(motion.numpy())
        groups = {
            name: {
                "fixed seed": generated[number],
                "fresh seed": generated[classes + number],
                "real": self._drawn(self._selection.clips[number, 0]),
            }
            for number, name in enumerate(self.data.class_names)
        }
        page = film_strip.page(groups, self.data.skeleton)
        page.set_dpi(_PAGE_DPI)
        self.board.images(
            step, "film strips", to_image(page)[None], "Every third frame of a clip of each class."
        )
        if self.model.attends:
            self._show_attention(step, sampled["attention"].numpy(), sampled["kept"].numpy())

    def _show_attention(self, step, attention, kept):
        names = self.data.class_names[:_ATTENTION_MAPS]
        maps = [
            to_image(attention_map.draw(attention[number], kept[number], name))
            for number, name in enumerate(names)
        ]
        self.board.images(
            step, "attention maps", np.stack(maps), "Row t: where frame t looks. Red: kept frames."
        )
        distance = kept[..., :1] - kept[..., 1:]
        self.board.histograms(step, {"attention distances": distance[kept[..., 1:] >= 0]})

    def _write(self, step, values):
        self.board.scalars(step, {_tag(name): value for name, value in values.items()})
        if row := self._row(step):
            row.update(values)
        else:
            self._rows.append({"step": step, **values})

    def _row(self, step):
        """Returns the row of a step if it is the last one, else an empty dict."""
        return self._rows[-1] if self._rows and self._rows[-1]["step"] == step else {}

    def evaluated(self, step):
        """Returns whether the history has the evaluation of a step, if its row is the last one."""
        return "selection/mmd_seq" in self._row(step)

    def flush(self):
        """Writes the history. Call it before each checkpoint, so the history is never older."""
        self.board.flush()
        columns = list(dict.fromkeys(["step", *(name for row in self._rows for name in row)]))
        with (
            atomic_write(self.history) as temporary,
            open(temporary, "w", newline="", encoding="utf-8") as file,
        ):
            rows = csv.DictWriter(file, columns)
            rows.writeheader()
            rows.writerows(self._rows)


def _tag(column):
    """Returns the name in TensorBoard of a column of the history."""
    kind, _, name = column.partition("/")
    groups = {"selection": f"quality/{name}", "attention": f"quality/attention_{name}"}
    return groups.get(kind, f"health/{column}")


def _rows_up_to(step, history):
    """Reads the rows of a history file up to a step, with integer steps."""
    rows = read_history(history) if history.exists() else []
    return [{**row, "step": int(row["step"])} for row in rows if row["step"] <= step]
