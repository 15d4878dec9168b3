"""Compares the metrics of a model with thresholds and with those of the served version."""

import dataclasses
import json
import math
import pathlib

from serving.errors import UserError

_EXTRAS = "assets.extra"


def read_metrics(model_dir):
    """Returns the metrics of the checkpoint that a model was exported from.

    Args:
        model_dir: Folder of the exported version.

    Raises:
        UserError: If it was not evaluated, or the files are damaged.
    """
    extras = pathlib.Path(model_dir) / _EXTRAS
    try:
        checkpoint = json.loads((extras / "export_report.json").read_text())["checkpoint"]
        metrics = json.loads((extras / "metrics.json").read_text())
    except FileNotFoundError as error:
        raise UserError(
            f"{model_dir} has no {_EXTRAS}/{pathlib.Path(error.filename).name}: evaluate the "
            "run with python -m sagcn_tf.evaluate and export it again"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{extras} has no valid metrics: {error!r}. Export again") from error
    if checkpoint not in metrics:
        raise UserError(
            f"{model_dir} was exported from the checkpoint {checkpoint!r}, which was not "
            f"evaluated: run python -m sagcn_tf.evaluate --checkpoint={checkpoint} and export again"
        )
    return metrics[checkpoint]


def evaluate(metrics, thresholds, served=None):
    """Compares a model's metrics with thresholds and with those of the served version.

    Args:
        metrics: Metrics of the candidate, as `read_metrics` returns them.
        thresholds: `Thresholds`.
        served: Metrics of the version that is served now, or None. The candidate's MMD_seq may be
            higher by two standard deviations of the difference.

    Returns:
        Dict of the checks: `{"mmd_seq": {"value": ..., "at most": ...}, ...}`.

    Raises:
        UserError: With all reasons, if the candidate does not pass.
    """
    try:
        size = str(max(metrics["clips_per_class"]))
        checks = {"mmd_seq": _mmd_check(metrics, thresholds, size)}
        checks |= _motion_checks(metrics["motion"], thresholds)
        if served is not None:
            checks["mmd_seq and the served version"] = _comparison(metrics, served)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"metrics.json is not as sagcn_tf.evaluate writes it: {error!r}") from error
    failed = [
        f"{name} is {check['value']:.3g}, expected {bound} {check[bound]:.3g}"
        for name, check in checks.items()
        for bound in ("at most", "at least")
        if bound in check and not _within(check["value"], bound, check[bound])
    ]
    if failed:
        raise UserError("; ".join(failed))
    return checks


def _mmd_check(metrics, thresholds, size):
    limit = thresholds.max_mmd_seq
    if limit is None:
        limit = metrics["reference_sets"]["white noise"][size]["mmd_seq"]["mean"]
    return {"value": _mmd_seq(metrics, size)["mean"], "at most": limit}


def _motion_checks(motion, thresholds):
    checks = {}
    for field in dataclasses.fields(thresholds):
        statistic = field.metadata["statistic"]
        if not statistic:
            continue
        generated, real = (motion[statistic][source] for source in ("generated", "train"))
        if generated >= 1000 * real:
            continue  # Bones of rigid bodies vary by rounding only; a ratio means nothing.
        bound = "at least" if field.name.startswith("min_") else "at most"
        checks[statistic] = {"value": generated / real, bound: getattr(thresholds, field.name)}
    return checks


def _comparison(metrics, served):
    """Checks that MMD_seq is not worse than the served version's by more than chance explains."""
    if metrics["dataset"] != served["dataset"]:
        raise UserError(
            f"the model was trained on {metrics['dataset']}, the served version on "
            f"{served['dataset']}: they cannot be compared. Push into another folder"
        )
    sizes = set(metrics["clips_per_class"]) & set(served["clips_per_class"])
    if not sizes:
        raise UserError(
            f"the model was evaluated with {metrics['clips_per_class']} clips per class, the "
            f"served version with {served['clips_per_class']}: evaluate it with one of these"
        )
    one, other = (_mmd_seq(of, str(max(sizes))) for of in (metrics, served))
    limit = other["mean"] + 2 * math.hypot(one["std"], other["std"])
    return {"value": one["mean"], "at most": limit, "served": other["mean"]}


def _mmd_seq(metrics, size):
    return metrics["mmd"]["train"][size]["mmd_seq"]


def _within(value, bound, limit):
    """Returns whether a value passes; NaN never does."""
    return value <= limit if bound == "at most" else value >= limit
