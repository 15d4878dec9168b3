"""The folder of a small run and its export, written once for all tests and workers."""

import functools
import json
import shutil
import types

import numpy as np
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.evaluation import evaluation
from sagcn_tf.evaluation.report import write_metrics
from sagcn_tf.exporting import exporter
from sagcn_tf.files import write_json
from sagcn_tf.models.weights import weights_of
from tests.layer_checks import randomize_weights
from tests.shared_folder import shared_folder
from tests.small_data import small_config, small_data

CONFIG = small_config("tuned", top_k=2)
METRICS = "assets.extra/metrics.json"


def small_run():
    """Returns the folder of an evaluated run with random weights; do not write into it."""
    return shared_folder("runs", _write_run) / "small"


def _write_run(folder):
    run_dir, data = folder / "small", small_data()
    CONFIG.save(run_dir / "config.json")
    write_json(run_dir / "data.json", data.describe())
    model = runs.new_model(CONFIG, data)
    randomize_weights(model.average_generator, np.random.default_rng(1))
    model.adapt(data)
    output = model.average_generator.refinement.graph_convolution.output_projection
    output.kernel.assign(0.05 * output.kernel)  # motion of about the size of the data
    weights = weights_of(model.average_generator)
    checkpoint = tf.train.Checkpoint(average_generator=weights)
    checkpoint.save(str(run_dir / "checkpoints" / "best" / "ckpt"))
    results = evaluation.evaluate_model(model, data, CONFIG.frames, [4], show_progress=False)
    write_metrics(run_dir, "best", results)


@functools.cache
def small_model():
    """Returns the `SAGCN` of the run, which is traced once; do not change its weights."""
    return runs.open_run(small_run())[0]


def small_export():
    """Returns the `path`, `report` and `progress` of an export; do not write into it."""
    folder = shared_folder("models", _write_export)
    told = json.loads((folder / "told.json").read_text())
    return types.SimpleNamespace(path=folder / "small" / "1", **told)


def _write_export(folder):
    progress = []
    _, report = exporter.export_run(small_run(), folder / "small", progress=progress.append)
    write_json(folder / "told.json", {"report": report, "progress": progress})


def copied_export(folder, mmd_seq=0.2, **ratios):
    """Copies the export with the metrics of `set_metrics`; returns the folder."""
    shutil.copytree(small_export().path, folder)
    return set_metrics(folder, mmd_seq, **ratios)


def set_metrics(folder, mmd_seq=0.2, **ratios):
    """Sets the metrics of an export: MMD_seq and ratios of motion statistics; returns its folder.

    All other motion statistics have the ratio 1; the reference sets score 3.
    """
    metrics = json.loads((folder / METRICS).read_text())
    results = metrics["best"]
    for split in results["mmd"].values():
        for scores in split.values():
            scores["mmd_seq"].update(mean=mmd_seq, std=0.01)
    for name in ("label ignored", "white noise"):
        for scores in results["reference_sets"][name].values():
            for score in scores.values():
                score.update(mean=3.0, std=0.01)
    for statistic, values in results["motion"].items():
        values.update(
            train=2.0, test=2.0, generated=2.0 * ratios.get(statistic.replace(" ", "_"), 1.0)
        )
    (folder / METRICS).write_text(json.dumps(metrics))
    return folder
