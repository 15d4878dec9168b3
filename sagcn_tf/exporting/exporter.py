"""A run folder becomes a version of a served model."""

import contextlib
import os
import pathlib
import shutil

import keras
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

# Largest difference of the SavedModel's answers, as `serving.replay` measures it.
TOLERANCE = 1e-5
# Nothing is known yet of how fast the model is; this only ends what hangs.
_SECONDS = 3600
REPORT = pathlib.Path("assets.extra") / "export_report.json"


def export_run(
    run_dir,
    output_dir,
    checkpoint="best",
    weights="float32",
    progress=print,
    classifier_dir=None,
):
    """Writes a trained run as the next version of a served model, whole or not at all.

    The folder holds the SavedModel; `assets/model.json`, the names and the skeleton that clients
    need; and in `assets.extra/` the warm-up requests, the run's `config.json` and, where this step
    of it has been measured, `metrics.json`, and `export_report.json`. Before it gets its number,
    another process loads it as TensorFlow Serving does and compares its answers with the trained
    model's.

    Args:
        run_dir: folder of the run.
        output_dir: folder of the model's versions; its name is the name of the model.
        checkpoint: `"best"` or `"last"`.
        weights: type in which the weights are stored, one of `served_model.WEIGHTS`.
        progress: called with a line of text before each stage.
        classifier_dir: folder of trained classifiers; its ST-GCN of the run's data answers the
            signature `classify`. Default None, or where there is none: without that signature.

    Returns:
        `(path, report)`: the folder of the version, and what `export_report.json` holds.

    Raises:
        UserError: if the run cannot be opened, the folder cannot be written, or the SavedModel
            does not answer as the trained model does.
    """
    progress(f"1/4 opening {run_dir}, checkpoint {checkpoint}")
    model, data, config = runs.open_run(run_dir, checkpoint)
    classifier = None
    if classifier_dir is not None:
        classifier = open_classifiers(classifier_dir, data, config.frames).get("st_gcn")
        found = "with" if classifier else f"{classifier_dir} has no ST-GCN of its data: without"
        progress(f"1/4 {found} the signature classify")
    report = {"checkpoint": checkpoint, "weights": weights}
    if weights != "float32":
        report["difference_of_weights"] = _round_weights(model, weights)
    served = ServedModel(model, data, weights, classifier)
    name = pathlib.Path(os.path.abspath(output_dir)).name

    def write(folder):
        progress("2/4 writing the SavedModel")
        _write_saved_model(folder, served)
        progress("3/4 answering the warm-up requests in Python")
        _write_extras(
            folder, run_dir, checkpoint, warm_up_logs(model, served, data, name, classifier)
        )
        progress("4/4 asking the SavedModel the same in another process")
        report.update(_measure(folder, served))
        write_json(folder / REPORT, report)

    try:
        return write_version(output_dir, write, "exporting"), report
    except OSError as error:
        raise UserError(f"--output_dir={output_dir} cannot be written: {error}") from error


def _round_weights(model, weights):
    """Rounds the weights that are sampled; returns what this changes, in standard deviations."""
    classes, count = model.num_classes, max(BATCH_SIZES)
    label = np.eye(classes, dtype=np.float32)[np.arange(count) % classes]
    seed = np.arange(count, dtype=np.int32)
    exact = model.generate(label, seed).numpy()
    for weight in model.sampled_weights:
        weight.assign(tf.cast(tf.cast(weight.value, weights), tf.float32))
    difference = np.abs(model.generate(label, seed).numpy() - exact)
    if not np.isfinite(difference).all():
        raise UserError(f"--weights={weights} cannot hold these weights; choose another type")
    return {"largest": float(difference.max()), "mean": float(difference.mean())}


def _write_saved_model(folder, served):
    archive = keras.export.ExportArchive()
    for name, (function, specs) in served.signatures.items():
        archive.add_endpoint(name, function, specs)
    with _file_errors():
        archive.write_out(str(folder), verbose=False)
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
    """Turns TensorFlow's errors, such as a full disk, into Python's."""
    try:
        yield
    except tf.errors.OpError as error:
        raise OSError(error.message) from error


def _measure(folder, served):
    """Size, latency and verification of a SavedModel.

    Raises:
        UserError: if it does not answer as the trained model did.
    """
    try:
        found = replay(folder, _SECONDS)
    except ServingError as error:
        raise UserError(f"the SavedModel does not work: {error}") from error
    for name, difference in found["differences"].items():
        if difference["largest"] > TOLERANCE:
            raise UserError(
                f"signature {name!r} of the SavedModel is off by {difference['largest']:.2g} from "
                f"what the trained model answers; expected {TOLERANCE} at most"
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
    """Returns what an export's report says, as lines of text."""
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
