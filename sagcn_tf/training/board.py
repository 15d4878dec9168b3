"""Writes what TensorBoard shows of a run."""

import dataclasses
import pathlib

import tensorflow as tf
from tensorboard.plugins.custom_scalar import summary as custom_scalar
from tensorboard.plugins.hparams import api as hparams

from sagcn_tf.config import Config, is_read
from sagcn_tf.evaluation.final_metrics import final_tags
from sagcn_tf.markdown import table
from sagcn_tf.training import board_tags
from sagcn_tf.training.event_files import drop_later_events


class Board:
    """Event files of a run in its folder `tensorboard/`.

    A resumed run drops the events of later steps first. What describes the run has step 0 and is
    written at every start: layout, configuration, hyperparameters and graph.

    Args:
        run_dir: folder of the run.
        model: the `MotionModel`.
        first_step: number of completed steps. Default: 0.
        evaluated: whether the evaluation of that step is complete. If not, its events are dropped,
            too. Default: True.
    """

    def __init__(self, run_dir, model, first_step=0, evaluated=True):
        run_dir = pathlib.Path(run_dir)
        drop_later_events(run_dir / "tensorboard", first_step, evaluated)
        self._writer = tf.summary.create_file_writer(str(run_dir / "tensorboard"))
        with self._writer.as_default(0):
            _write_layout()
            _write_configuration(model.config, run_dir.name)
            tf.summary.graph(model.sampling_graph())

    def scalars(self, step, values):
        """Writes `{tag: float}`, each with its description."""
        with self._writer.as_default(step):
            for tag, value in values.items():
                tf.summary.scalar(tag, value, description=board_tags.describe(tag))

    def images(self, step, name, images, description):
        """Writes images uint8 `[n, H, W, 3]` under one name."""
        with self._writer.as_default(step):
            tf.summary.image(name, images, max_outputs=len(images), description=description)

    def histograms(self, step, values):
        """Writes the distributions of `{tag: array}`."""
        with self._writer.as_default(step):
            for tag, value in values.items():
                tf.summary.histogram(tag, value)

    def flush(self):
        """Writes all events to the file."""
        self._writer.flush()


def _write_layout():
    raw = custom_scalar.pb(board_tags.layout()).SerializeToString()
    tf.summary.experimental.write_raw_pb(raw)


def _write_configuration(config, name):
    """Writes the fields that the system reads, as text and as hyperparameters of the run."""
    fields = [field for field in dataclasses.fields(Config) if is_read(field, config)]
    values = {field.name: getattr(config, field.name) for field in fields}
    rows = [[field.name, str(values[field.name]), field.metadata["help"]] for field in fields]
    tf.summary.text("configuration", table(["field", "value", "meaning"], rows))
    # The same in every run, since TensorBoard reads that of one run only.
    hparams.hparams_config(
        [hparams.HParam(field.name, _domain(field)) for field in dataclasses.fields(Config)],
        [
            hparams.Metric(tag, display_name=tag.removeprefix("final/"), description=text)
            for tag, text in final_tags().items()
        ],
    )
    plain = {
        name: str(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    hparams.hparams(plain, trial_id=name)


def _domain(field):
    """Returns the values that a field may have; None for a tuple of widths."""
    allowed = field.metadata["allowed"]
    if field.type in (int, float):
        return hparams.RealInterval(float(allowed[0]), float(allowed[1]))
    return hparams.Discrete(allowed) if field.type in (str, bool) else None
