"""Results of an evaluation: metrics.json in the folder of the run, and Markdown tables."""

import math
import pathlib

from sagcn_tf.classification.report import format_recognition
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.motion_report import GROUND_SPEED, ratio
from sagcn_tf.files import read_json, write_json
from sagcn_tf.markdown import tables
from sagcn_tf.runs import checkpoint_step
from sagcn_tf.seal import writable_dir

# The table of classes marks ratios to real motion outside this range.
_ACCEPTED = (0.8, 1.25)
# Generated and real clips of each comparison, by the keys of the results.
_SOURCES = {
    "train": ("generated", "training"),
    "test": ("generated", "test"),
    "predicted": ("predicted frames only", "training"),
}


def write_metrics(run_dir, checkpoint, results):
    """Writes the results of a checkpoint and its step to `metrics.json`; keeps other checkpoints.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`, the key of the results.
        results: the result of `evaluation.evaluate_model`.

    Returns:
        The path of the file: in `runs/NAME` for a published run.

    Raises:
        UserError: if the existing file is damaged.
    """
    folder = writable_dir(run_dir)
    path, metrics = folder / "metrics.json", read_metrics(folder)
    measured = {"step": checkpoint_step(run_dir, checkpoint), **results}
    write_json(path, {**metrics, checkpoint: measured})
    return path


def read_metrics(run_dir) -> dict:
    """Reads the `metrics.json` of a run.

    Args:
        run_dir: folder of the run.

    Returns:
        `{"best" | "last": results}`, empty if the run was not evaluated yet.

    Raises:
        UserError: if the file is damaged.
    """
    path = pathlib.Path(run_dir) / "metrics.json"
    if not path.exists():
        return {}
    try:
        return {name: dict(results) for name, results in read_json(path).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} does not contain metrics: {error}. Move it away and evaluate the run again"
        ) from error


def is_measured(run_dir, checkpoint) -> bool:
    """Returns whether `metrics.json` has results of the newest checkpoint of a kind."""
    measured = read_metrics(run_dir).get(checkpoint, {})
    return bool(measured) and measured.get("step") == checkpoint_step(run_dir, checkpoint)


def format_results(results):
    """Formats results as Markdown tables: MMD with reference sets, motion, recognition.

    Args:
        results: the result of `evaluation.evaluate_model`.

    Returns:
        Text.
    """
    sources = {_SOURCES[split]: scores for split, scores in results["mmd"].items()}
    sources |= {
        (name.removeprefix("clips of the "), "training"): one
        for name, one in results["reference_sets"].items()
    }
    rows = [
        [*source, str(m), *(_score(scores[str(m)][name]) for name in ("mmd_avg", "mmd_seq"))]
        for source, scores in sources.items()
        for m in results["clips_per_class"]
    ]
    mmd_table = tables(["clips", "subjects", "m", "MMD_avg", "MMD_seq"], rows, keys=3)
    header = ["statistic", "generated", "training", "test"]
    header += ["generated / training", "test / training"]
    rows = [[name, *_statistics(values)] for name, values in results["motion"].items()]
    return (
        f"{results['dataset']}: MMD of m clips per class and as many of the training or the\n"
        "test subjects, standardized; mean ± deviation over draws\n\n"
        f"{mmd_table}\n\n"
        f"Motion statistics: {_count(results)} in {results['unit']}s (per frame), the others\n"
        "in standardized coordinates; training: other clips of the training subjects"
        f"{_root_motion(results)}\n\n"
        f"{tables(header, rows)}\n\n{_class_table(results['motion'])}\n"
        f"{_attention(results)}{_recognition(results)}"
    )


def _count(results):
    return "the first four" if GROUND_SPEED in results["motion"] else "the first three"


def _root_motion(results):
    """Says what figures of motion with `root_motion` cover."""
    if GROUND_SPEED not in results["motion"]:
        return ""
    return "\nAll figures, including MMD, cover the motion of the root over the ground."


def _class_table(motion):
    """Returns a table of the ratios of generated to real motion with one row per class."""
    class_names = next(iter(motion.values()))["classes"]
    rows = [
        [one, *(_marked_ratio(name, values["classes"][one]) for name, values in motion.items())]
        for one in class_names
    ]
    return (
        "generated / training per class, compared with other training clips; ! marks\n"
        f"ratios outside {_ACCEPTED[0]} to {_ACCEPTED[1]}\n\n{tables(['class', *motion], rows)}"
    )


def _marked_ratio(name, values):
    found = ratio(values)
    if found is None:
        return "-"
    # A large distance to the training clips is good; only small ones (copies) are marked.
    highest = math.inf if name == "distance to nearest training clip" else _ACCEPTED[1]
    return f"{found:.2f}{'' if _ACCEPTED[0] <= found <= highest else ' !'}"


def _attention(results):
    """Returns a sentence about pruning; empty for metrics without it, such as old ones."""
    selection = results.get("attention")
    if not selection:
        return ""
    return (
        "\nPruning keeps exactly the last K frames in "
        f"{selection['last_frames']:.0%} of the rows;\n"
        f"kept frames are {selection['distance']:.1f} frames back on average\n"
    )


def _recognition(results):
    if "recognition" not in results:
        return ""
    return f"\n{format_recognition(results['recognition'])}"


def _score(score):
    spread = f" ± {score['std']:.3f}" if score["draws"] > 1 else ""
    return f"{score['mean']:.3f}{spread}"


def _statistics(values):
    ratios = [ratio(values, name) for name in ("generated", "test")]
    return [f"{values[name]:.4g}" for name in ("generated", "train", "test")] + [
        "-" if found is None else f"{found:.2f}" for found in ratios
    ]
