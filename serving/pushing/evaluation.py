"""Compares the metrics of a model with thresholds and with those of the served version."""

import dataclasses
import math
import operator
import pathlib

from serving.errors import UserError
from serving.files import read_json

_BONES, _NEAREST = "bone length variation", "distance to nearest training clip"
_WRONG_CLASS = "real clips of a wrong class"
# Reference sets in metrics.json that a model has to beat, and what they are.
_LINES = {"label ignored": _WRONG_CLASS, "white noise": "white noise"}


def _field(default, statistic, meaning):
    return dataclasses.field(default=default, metadata={"statistic": statistic, "help": meaning})


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """Limits for the values in a run's `metrics.json`.

    All except the first two are multiples of the value of real clips. The defaults stop broken
    models, not mediocre ones: noise, classes that are not told apart, frozen or trembling bodies,
    limbs that stretch, one motion for all seeds, copies of training clips. A limit that is not None
    is always checked as it stands.
    """

    max_mmd_avg: float | None = _field(
        None, None, "highest MMD_avg (default: below that of real clips of a wrong class)"
    )
    max_mmd_seq: float | None = _field(
        None, None, "highest MMD_seq (default: below that of real clips of a wrong class)"
    )
    min_speed: float = _field(0.1, "speed", "lowest speed")
    max_acceleration: float = _field(3.0, "acceleration", "highest acceleration")
    max_bone_length_variation: float | None = _field(
        None,
        _BONES,
        # Real bones in 3-D hardly vary at all.
        "highest variation of bone lengths within a clip (default: 3, or the real speed if more)",
    )
    min_diversity: float = _field(0.3, "diversity", "lowest difference between clips of one class")
    min_distance_to_nearest_training_clip: float = _field(
        0.3,
        _NEAREST,
        "lowest distance to the nearest training clip, compared with clips of the test subjects",
    )


def read_metrics(model_dir):
    """Returns the metrics of the checkpoint that a model in a folder was exported from.

    Raises:
        UserError: If it was not evaluated, or the files are damaged.
    """
    extras = pathlib.Path(model_dir) / "assets.extra"
    try:
        checkpoint = read_json(extras / "export_report.json")["checkpoint"]
        metrics = read_json(extras / "metrics.json")
        found = checkpoint in metrics
    except FileNotFoundError as error:
        raise UserError(
            f"{model_dir} has no assets.extra/{pathlib.Path(error.filename).name}: evaluate the "
            "run with python -m sagcn_tf.evaluate and export it again"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{extras} has no valid metrics: {error!r:.200}. Export again") from error
    if not found:
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
        Dict of the checks: `{"speed": {"value": ..., "at most" | "at least": ..., ...}, ...}`, or
        `{"not checked": reason}` for one that means nothing for these data.

    Raises:
        UserError: With all reasons, if the candidate does not pass.
    """
    try:
        checks = _mmd_checks(metrics, thresholds)
        checks |= _motion_checks(metrics["motion"], thresholds)
        if served is not None:
            checks["mmd_seq beside the served version"] = _comparison(metrics, served)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"metrics.json is not as sagcn_tf.evaluate writes it: {error!r}") from error
    failed = [_failure(name, check) for name, check in checks.items()]
    if any(failed):
        raise UserError("; ".join(filter(None, failed)))
    return checks


def _mmd_checks(metrics, thresholds):
    """Compares with the given limits and the reference sets, at the most clips per class."""
    size, checks = str(max(metrics["clips_per_class"])), {}
    one_class = len(metrics["motion"]["speed"]["classes"]) == 1
    for name in ("mmd_avg", "mmd_seq"):
        score, named = metrics["mmd"]["train"][size][name], getattr(thresholds, f"max_{name}")
        lines = {
            what: metrics["reference_sets"][reference][size][name]
            for reference, what in _LINES.items()
        }
        if named is not None:
            checks[name] = {"value": score["mean"], "at most": named}
            del lines[_WRONG_CLASS]
        for what, line in lines.items():
            limit = line["mean"] - _chance(score, line)
            checks[f"{name} beside {what}"] = {"value": score["mean"], "at most": limit}
        if one_class and named is None:
            reason = {"not checked": "the data have only one class"}
            checks[f"{name} beside {_WRONG_CLASS}"] = reason
    return checks


def _motion_checks(motion, thresholds):
    checks = {}
    for field in dataclasses.fields(thresholds):
        statistic = field.metadata["statistic"]
        if not statistic:
            continue
        # The real distance to training clips depends on how much these overlap; clips of other
        # subjects overlap with none, like generated ones.
        source = "test" if statistic == _NEAREST else "train"
        generated, real = motion[statistic]["generated"], motion[statistic][source]
        times = getattr(thresholds, field.name)
        limit = max(3 * real, motion["speed"]["train"]) if times is None else times * real
        bound = "at least" if field.name.startswith("min_") else "at most"
        checks[statistic] = {"value": generated, bound: limit, "real": real}
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
    one, other = (of["mmd"]["train"][str(max(sizes))]["mmd_seq"] for of in (metrics, served))
    limit = other["mean"] + _chance(one, other)
    return {"value": one["mean"], "at most": limit, "served": other["mean"]}


def _chance(one, other):
    """Returns two standard deviations of the difference of two scores."""
    return 2 * math.hypot(one["std"], other["std"])


def _failure(name, check):
    """Returns why a check fails, as NaN always does, or None."""
    for bound, passes in (("at most", operator.le), ("at least", operator.ge)):
        if bound in check and not passes(check["value"], check[bound]):
            real = f" (real clips: {check['real']:.3g})" if "real" in check else ""
            return f"{name} is {check['value']:.3g}, expected {bound} {check[bound]:.3g}{real}"
    return None
