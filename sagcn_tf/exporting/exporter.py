"""Exports a trained run as a version of a served model."""

import contextlib
import os
import pathlib
import shutil

import numpy as np
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.classification.storage import open_classifiers
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.report import is_measured
from sagcn_tf.exporting.served_model import ServedModel
from sagcn_tf.exporting.warm_up import BATCH_SIZES, warm_up_logs
from sagcn_tf.files import write_json
from serving.errors import UserError as ServingError
from serving.pushing.infra_validation import replay
from serving.replay import WARM_UP_REQUESTS
from serving.versions import write_version

# Largest accepted difference between the SavedModel and the trained model, as measured by
# `serving.replay`.
TOLERANCE = 1e-5
# Generous, because the speed of the model is not known yet.
_TIMEOUT = 3600  # seconds
REPORT = pathlib.Path("assets.extra") / "export_report.json"


def export_run(
    run_dir, output_dir, checkpoint="best", weights="float32", progress=print, classifier_dir=None
):
    """Writes a trained run as the next version of a served model, atomically.

    The folder of the version contains the SavedModel; `assets/model.json` with the names and the
    skeleton that clients need; and in `assets.extra/` the warm-up requests, `config.json`,
    `export_report.json` and, if the checkpoint has been evaluated, `metrics.json`. Another process
    first loads it the way TensorFlow Serving does and compares its answers with those of the
    trained model.

    Args:
        run_dir: folder of the run.
        output_dir: folder of the model's versions; its name is the name of the model.
        checkpoint: `"best"` or `"last"`. Default: `"best"`.
        weights: one of `served_model.WEIGHTS`, the type of stored weights. Default: `"float32"`.
        progress: called with a line of text before each stage. Default: `print`.
        classifier_dir: folder of trained classifiers. The ST-GCN for the data of the run, if it
            exists, is exported as the signature `classify`. Default: None, no such signature.

    Returns:
        `(path, report)`: the folder of the version, and the contents of `export_report.json`.

    Raises:
        UserError: if the run cannot be opened, files cannot be written, or the answers differ.
    """
    progress(f"1/4 opening {run_dir}, checkpoint {checkpoint}")
    model, data, config = runs.open_run(run_dir, checkpoint)
    classifier = _open_st_gcn(classifier_dir, data, config.frames, progress)
    report = {"checkpoint": checkpoint, "weights": weights}
    if weights != "float32":
        report["difference_of_weights"] = _round_weights(model, weights)
    served = ServedModel(model, data, weights, classifier)
    name = pathlib.Path(os.path.abspath(output_dir)).name

    def write(folder):
        progress("2/4 writing the SavedModel")
        _write_saved_model(folder, served)
        progress("3/4 computing the answers to the warm-up requests")
        logs = warm_up_logs(model, served, data, name, classifier)
        _write_extras(folder, run_dir, checkpoint, logs)
        progress("4/4 comparing the answers of the SavedModel in another process")
        report.update(_measure(folder, served))
        write_json(folder / REPORT, report)

    try:
        return write_version(output_dir, write, "exporting"), report
    except OSError as error:
        raise UserError(
            f"--output_dir={output_dir} cannot be written: {error}. Choose a writable folder"
        ) from error


def _open_st_gcn(classifier_dir, data, frames, progress):
    """Opens the ST-GCN classifier of the data, or returns None if there is none."""
    if classifier_dir is None:
        return None
    classifier = open_classifiers(classifier_dir, data, frames).get("st_gcn")
    found = "with" if classifier else f"{classifier_dir} has no ST-GCN for these data: without"
    progress(f"1/4 {found} the signature classify")
    return classifier


def _round_weights(model, weights):
    """Rounds the sampled weights; returns the change of motion in standard deviations."""
    classes, count = model.num_classes, max(BATCH_SIZES)
    label = np.eye(classes, dtype=np.float32)[np.arange(count) % classes]
    seed = np.arange(count, dtype=np.int32)
    exact = model.generate(label, seed).numpy()
    for weight in model.sampled_weights:
        weight.assign(tf.cast(tf.cast(weight.value, weights), tf.float32))
    difference = np.abs(model.generate(label, seed).numpy() - exact)
    if not np.isfinite(difference).all():
        raise UserError(
            f"--weights={weights} cannot represent the weights of this run. Choose another type"
        )
    return {"largest": float(difference.max()), "mean": float(difference.mean())}


def _write_saved_model(folder, served):
    with _file_errors():
        served.save(folder)
    (folder / "assets").mkdir(exist_ok=True)
    write_json(folder / "assets" / "model.json", served.description)


def _write_extras(folder, run_dir, checkpoint, logs):
    path = folder / WARM_UP_REQUESTS
    path.parent.mkdir()
    with _file_errors(), tf.io.TFRecordWriter(os.fspath(path)) as writer:
        for log in logs:
            writer.write(log.SerializeToString())
    shutil.copyfile(pathlib.Path(run_dir) / "config.json", path.parent / "config.json")
    if is_measured(run_dir, checkpoint):
        shutil.copyfile(pathlib.Path(run_dir) / "metrics.json", path.parent / "metrics.json")


@contextlib.contextmanager
def _file_errors():
    """Turns TensorFlow errors, such as a full disk, into `OSError`."""
    try:
        yield
    except tf.errors.OpError as error:
        raise OSError(error.message) from error


def _measure(folder, served):
    """Measures the size, latency and accuracy of a SavedModel.

    Raises:
        UserError: if its answers differ from those of the trained model.
    """
    try:
        found = replay(folder, _TIMEOUT)
    except ServingError as error:
        raise UserError(f"the SavedModel does not work: {error}") from error
    for name, difference in found["differences"].items():
        if difference["largest"] > TOLERANCE:
            raise UserError(
                f"signature {name!r} of the SavedModel differs by {difference['largest']:.2g} from "
                f"the trained model; expected {TOLERANCE} at most"
            )
    sizes = {
        part: sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())
        for part, pattern in (("saved_model.pb", "saved_model.pb"), ("variables", "variables/*"))
    }
    return {
        "parameters": served.num_parameters,
        "bytes": sizes,
        "latency_ms": found.pop("latency_ms"),
        "verification": found,
    }


def format_report(report):
    """Formats the report of an export as lines of text.

    Args:
        report: the dict that `export_run` returns.

    Returns:
        Text.
    """
    sizes = ", ".join(f"{part} {size:,} bytes" for part, size in report["bytes"].items())
    latency = ", ".join(f"{batch}: {ms:.1f} ms" for batch, ms in report["latency_ms"].items())
    largest = max(one["largest"] for one in report["verification"]["differences"].values())
    lines = [
        f"size: {report['parameters']:,} weights ({report['weights']}); {sizes}",
        f"latency by batch size: {latency}",
        f"largest difference from the trained model: {largest:.2g}",
    ]
    if "difference_of_weights" in report:
        change = report["difference_of_weights"]
        lines.append(
            f"{report['weights']} weights change motion by {change['largest']:.2g} standard "
            f"deviations at most, {change['mean']:.2g} on average"
        )
    return "\n".join(lines)
