"""What an evaluation leaves: metrics.json in the run folder, and tables to read."""

import json
import math
import pathlib

from sagcn_tf.classification.report import format_recognition
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.motion_report import ratio
from sagcn_tf.files import write_json
from sagcn_tf.markdown import table
from sagcn_tf.runs import checkpoint_step

# Ratios to real motion outside these are marked in the table of classes.
_ALIKE = (0.8, 1.25)
# What is compared with what, by the keys of the results.
_SOURCES = {
    "train": ("generated", "training subjects"),
    "test": ("generated", "test subjects"),
    "predicted": ("generated, without the given frames", "training subjects"),
}


def write_metrics(run_dir, checkpoint, results):
    """Writes the results of one checkpoint, and its step, into `metrics.json`, beside the other's.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`, the key of the results.
        results: what `evaluation.evaluate_model` returns.

    Returns:
        The path of the file.

    Raises:
        UserError: if the file that is there cannot be read or is not of this form.
    """
    path, metrics = pathlib.Path(run_dir) / "metrics.json", read_metrics(run_dir)
    measured = {"step": checkpoint_step(run_dir, checkpoint), **results}
    write_json(path, {**metrics, checkpoint: measured})
    return path


def read_metrics(run_dir) -> dict:
    """What `metrics.json` of a run holds, by checkpoint; nothing where it was not measured yet.

    Raises:
        UserError: if the file cannot be read or is not of this form.
    """
    path = pathlib.Path(run_dir) / "metrics.json"
    if not path.exists():
        return {}
    try:
        return {name: dict(results) for name, results in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UserError(f"{path} holds no metrics: {error}. Move it away") from error


def is_measured(run_dir, checkpoint) -> bool:
    """Whether `metrics.json` is about the newest checkpoint of a kind, not about an older one."""
    measured = read_metrics(run_dir).get(checkpoint, {})
    return bool(measured) and measured.get("step") == checkpoint_step(run_dir, checkpoint)


def format_results(results):
    """Returns Markdown tables: MMD with the reference_sets under it, motion, recognition.

    Args:
        results: what `evaluation.evaluate_model` returns.
    """
    sizes = [str(m) for m in results["clips_per_class"]]
    header = ["clips", "compared with"]
    header += [f"{name}, {m} a class" for m in sizes for name in ("MMD_avg", "MMD_seq")]
    rows = [[*_SOURCES[split], *_scores(scores, sizes)] for split, scores in results["mmd"].items()]
    rows += [
        [name, "training subjects", *_scores(scores, sizes)]
        for name, scores in results["reference_sets"].items()
    ]
    mmd_table = table(header, rows)
    header = ["statistic", "generated", "other training clips", "test subjects"]
    header += ["generated / training", "test / training"]
    rows = [[name, *_statistics(values)] for name, values in results["motion"].items()]
    return (
        f"{results['dataset']}: MMD of standardized clips, mean ± deviation over draws\n\n"
        f"{mmd_table}\n\n"
        f"Motion statistics: the first three in {results['unit']}s (a frame), the others in "
        "standardized coordinates\n\n"
        f"{table(header, rows)}\n\n{_of_classes(results['motion'])}\n"
        f"{_attention(results)}{_recognition(results)}"
    )


def _of_classes(motion):
    """The ratios of generated to real motion, a row for each class."""
    class_names = next(iter(motion.values()))["classes"]
    rows = [
        [one, *(_marked_ratio(name, values["classes"][one]) for name, values in motion.items())]
        for one in class_names
    ]
    return (
        "generated / training of each class, from other training clips; ! where it is outside "
        f"{_ALIKE[0]} to {_ALIKE[1]}\n\n{table(['class', *motion], rows)}"
    )


def _marked_ratio(name, values):
    found = ratio(values)
    if found is None:
        return "-"
    # Clips far from all training clips are no copies: only near ones are marked.
    most = math.inf if name == "distance to nearest training clip" else _ALIKE[1]
    return f"{found:.2f}{'' if _ALIKE[0] <= found <= most else ' !'}"


def _attention(results):
    """A sentence on what pruning keeps; metrics of before that was measured say nothing of it."""
    selection = results.get("attention")
    if not selection:
        return ""
    return (
        f"\nPruning keeps just the last K frames in {selection['last_frames']:.0%} of the rows; "
        f"kept frames lie {selection['distance']:.1f} frames back on average\n"
    )


def _recognition(results):
    if "recognition" not in results:
        return ""
    return f"\n{format_recognition(results['recognition'])}"


def _scores(scores, sizes):
    return [_score(scores[m][name]) for m in sizes for name in ("mmd_avg", "mmd_seq")]


def _score(score):
    spread = f" ± {score['std']:.3f}" if score["draws"] > 1 else ""
    return f"{score['mean']:.3f}{spread}"


def _statistics(values):
    ratios = [ratio(values, name) for name in ("generated", "test")]
    return [f"{values[name]:.4g}" for name in ("generated", "train", "test")] + [
        "-" if found is None else f"{found:.2f}" for found in ratios
    ]
