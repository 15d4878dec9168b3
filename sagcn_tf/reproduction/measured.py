"""Collects the results of a table from the folders of its runs."""

import dataclasses
import pathlib

from sagcn_tf.config import Config
from sagcn_tf.evaluation.report import read_metrics
from sagcn_tf.runs import CHECKPOINTS, read_history


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: name in CSV and JSON.
        title: name in Markdown.
        path: keys that lead to `mean` and `interval` or `std` in the results of a checkpoint in
            `metrics.json`; `*` is the largest measured number of clips per class.
        last: whether the column is also shown for the last checkpoint. Default: True.
    """

    key: str
    title: str
    path: tuple[str, ...]
    last: bool = True


def _mmd(split, name):
    return ("mmd", split, "*", name)


MMD_COLUMNS = (
    Column("mmd_avg", "MMD_avg", _mmd("train", "mmd_avg")),
    Column("mmd_seq", "MMD_seq", _mmd("train", "mmd_seq")),
    Column("test_mmd_avg", "MMD_avg, test subjects", _mmd("test", "mmd_avg"), last=False),
    Column("test_mmd_seq", "MMD_seq, test subjects", _mmd("test", "mmd_seq"), last=False),
)


def _recognition(kind, name):
    return ("recognition", "classifiers", kind, "generated", name)


RECOGNITION_COLUMNS = (
    Column("accuracy", "accuracy", _recognition("d_v", "accuracy")),
    Column("st_gcn_accuracy", "accuracy, ST-GCN", _recognition("st_gcn", "accuracy"), last=False),
    Column("frechet", "Frechet distance", _recognition("st_gcn", "frechet_train"), last=False),
    Column("diversity", "diversity", _recognition("st_gcn", "diversity"), last=False),
    Column("multimodality", "multimodality", _recognition("st_gcn", "multimodality"), last=False),
)
# Parts of an estimate, and the suffixes of their columns.
_ESTIMATE = {"mean": "", "interval": "_interval", "std": "_std"}
# Statistics shown as ratios of generated to real motion, because MMD barely captures motion.
MOTION = ("speed", "acceleration", "diversity")


def collect(table, dataset, seeds, runs_dir):
    """Reads the results of the runs of a table.

    Args:
        table: a `Table`.
        dataset: name of the data set.
        seeds: seeds of the runs of each row.
        runs_dir: folder of the runs.

    Returns:
        A JSON-serializable list with a dict per row: `key`, `title`, `published`, and `runs`, a
        list of dicts with `seed`, `run_dir`, `model`, `preset`, `steps`, `batch_size`,
        `mixed_precision`, `minutes`, `clips_per_class`, `best_step`, `best` and `last`. The last
        two are `{column: number}` with `column_interval` (95%, over sets of clips) or
        `column_std` (over draws of clips). Runs that were not evaluated are left out.
    """
    columns = RECOGNITION_COLUMNS if table.with_recognition else MMD_COLUMNS
    rows = []
    for row in table.rows:
        found = [_run(runs_dir, dataset, row, seed, columns) for seed in seeds]
        published = {
            column.key: row.published.get(column.key, row.published.get(f"{dataset}_{column.key}"))
            for column in columns
        }
        published = {name: value for name, value in published.items() if value is not None}
        rows.append(
            {
                "key": row.key,
                "title": row.title,
                "published": published,
                "runs": [run for run in found if run],
            }
        )
    return rows


def _run(runs_dir, dataset, row, seed, columns):
    run_dir = pathlib.Path(runs_dir) / f"{dataset}-{row.key}-{seed}"
    metrics = read_metrics(run_dir)
    if not all(checkpoint in metrics for checkpoint in CHECKPOINTS):
        return None
    config = Config.load(run_dir / "config.json")
    seconds = [history.get("seconds", 0.0) for history in read_history(run_dir / "history.csv")]
    run = {
        "seed": seed,
        "run_dir": run_dir.name,
        "model": config.model,
        "preset": config.preset,
        "steps": config.steps,
        "batch_size": config.batch_size,
        "mixed_precision": config.mixed_precision,
        "minutes": round(max(seconds) / 60, 1),
        "clips_per_class": metrics["best"]["clips_per_class"][-1],
        "best_step": metrics["best"].get("step"),
    }
    for checkpoint in CHECKPOINTS:
        results = metrics[checkpoint]
        run[checkpoint] = values = {}
        for column in columns:
            found = estimate(results, column.path)
            values |= {
                column.key + suffix: found[name]
                for name, suffix in _ESTIMATE.items()
                if name in found
            }
        for name in MOTION:
            statistic = results["motion"][name]
            values[f"{name}_ratio"] = statistic["generated"] / statistic["train"]
    return run


def estimate(results, path):
    """Returns the dict of a value and its spread at a path of keys; empty if there is none."""
    for name in path:
        if not results:
            break
        results = results.get(max(results, key=int) if name == "*" else name)
    return results or {}
