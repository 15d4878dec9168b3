"""Reports the results of a table as Markdown, CSV and JSON, with notes on how they were made."""

import csv
import os
import pathlib
import platform

import numpy as np

from sagcn_tf import runs
from sagcn_tf.evaluation.report import read_metrics
from sagcn_tf.files import atomic_write, write_json
from sagcn_tf.markdown import table as markdown_table
from sagcn_tf.markdown import tables as narrow_tables
from sagcn_tf.reproduction.measured import MMD_COLUMNS, MOTION, RECOGNITION_COLUMNS, estimate

NOT_RUN = "not run"


def markdown(table, rows, notes, layout=markdown_table):
    """Formats a table as Markdown.

    Args:
        table: a `Table`.
        rows: the result of `collect`.
        notes: lines of text under the table, as `notes` returns them.
        layout: function of a header and rows. Default: one wide table.

    Returns:
        Text.
    """
    columns = RECOGNITION_COLUMNS if table.with_recognition else MMD_COLUMNS
    shown = [column for column in columns if any(column.key in row["published"] for row in rows)]
    header = ["system", *(f"{column.title}, paper" for column in shown)]
    header += [f"{column.title}, best" for column in columns]
    header += [f"{column.title}, last" for column in columns if column.last]
    header += [f"{name} / real" for name in MOTION]
    header += ["steps x batch", "minutes", "seeds"]
    lines = []
    for row in rows:
        published = [row["published"].get(column.key) for column in shown]
        cells = [row["title"], *("-" if p is None else f"{p:.3f}" for p in published)]
        if not row["runs"]:
            cells += [NOT_RUN] + ["-"] * (len(header) - len(cells) - 1)
            lines.append(cells)
            continue
        cells += [_over_seeds(row, "best", column.key) for column in columns]
        cells += [_over_seeds(row, "last", column.key) for column in columns if column.last]
        cells += [_over_seeds(row, "best", f"{name}_ratio", digits=2) for name in MOTION]
        run = row["runs"][0]
        minutes = np.mean([run["minutes"] for run in row["runs"]])
        cells += [f"{run['steps']} x {run['batch_size']}", f"{minutes:.0f}", _seeds(row)]
        lines.append(cells)
    return f"{layout(header, lines)}\n\n" + "\n".join(notes) + "\n"


def for_terminal(table, rows, notes):
    """Formats a table like `markdown`, but no wider than a terminal."""
    return markdown(table, rows, notes, narrow_tables)


def _over_seeds(row, checkpoint, name, digits=3):
    """Formats mean and deviation over the seeds of a row; for one seed, its spread over clips."""
    found = [run[checkpoint] for run in row["runs"] if name in run[checkpoint]]
    if not found:
        return NOT_RUN
    values = [run[name] for run in found]
    if len(found) > 1:
        spread = np.std(values)
    else:
        spread = found[0].get(f"{name}_interval", found[0].get(f"{name}_std"))
    around = "" if spread is None else f" ± {spread:.{digits}f}"
    return f"{np.mean(values):.{digits}f}{around}"


def _seeds(row):
    return ", ".join(str(run["seed"]) for run in row["runs"])


def notes(table, dataset, rows, runs_dir, command, remark=None):
    """Describes how the results of a table were made, and adds scores for comparison.

    Args:
        table: a `Table`.
        dataset: name of the data set.
        rows: the result of `collect`.
        runs_dir: folder of the runs.
        command: the command line.
        remark: a line of text from the user. Default: None.

    Returns:
        List of lines of Markdown.
    """
    found = [run for row in rows for run in row["runs"]]
    if not found:
        return [f"Data set {dataset}. Command: `{command}`"]
    clips = ", ".join(map(str, sorted({run["clips_per_class"] for run in found})))
    mixed_precision = {run["mixed_precision"] for run in found if run["model"] == "sagcn"}
    precision = [f"; SA-GCN in {('float32', 'bfloat16')[one]}" for one in sorted(mixed_precision)]
    spread = "95% interval over sets of clips" if table.with_recognition else "deviation over draws"
    lines = [
        *([remark, ""] if remark else []),
        f"Data set {dataset}, standardized with its training mean and deviation. MMD against "
        f"clips of training subjects, unless test subjects are named, with {clips} clips per "
        "class. `best` is the checkpoint with the lowest MMD_seq on selection clips, which are not "
        "the reported clips; `last` is the checkpoint of the last step. Mean ± deviation over "
        f"seeds; with one seed, ± the {spread}.",
        "",
        f"Machine: {_machine()}{''.join(precision)}. Command: `{command}`",
        "",
    ]
    measured = [read_metrics(pathlib.Path(runs_dir) / run["run_dir"])["best"] for run in found]
    if not table.with_recognition:
        return lines + _reference_sets(measured[0])
    scored = [results for results in measured if "recognition" in results]
    return lines + (_scores_of_real_clips(scored[0]) if scored else [])


def _machine():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration, IndexError):
        model = platform.processor() or platform.machine()
    # The process may be restricted to some cores, for example by `taskset`.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} core{'s' * (cores > 1)}"


def _reference_sets(results):
    """Returns a table of the MMD of the reference sets, as lines."""
    rows = []
    for name, scores in results["reference_sets"].items():
        largest = scores[max(scores, key=int)]
        rows.append([name, *(f"{largest[key]['mean']:.3f}" for key in ("mmd_avg", "mmd_seq"))])
    return ["Reference sets, for comparison:", ""] + [
        markdown_table(["clips", "MMD_avg", "MMD_seq"], rows)
    ]


def _scores_of_real_clips(results):
    """Returns a table of the recognition scores of real clips, as lines."""
    names = {
        "train": "training subjects",
        "held_out": "held-out sequences",
        "test": "test subjects",
    }
    rows = [
        [title, *(_score_of_real_clips(results, column, name) for column in RECOGNITION_COLUMNS)]
        for name, title in names.items()
    ]
    header = ["real clips of", *(column.title for column in RECOGNITION_COLUMNS)]
    return ["Scores of real clips:", "", markdown_table(header, rows)]


def _score_of_real_clips(results, column, name):
    *outer, _, score = column.path  # .., generated, score
    found = estimate(results, [*outer, name, score])
    return f"{found['mean']:.3f} ± {found['interval']:.3f}" if found else NOT_RUN


def write(folder, name, table, rows, notes):
    """Writes a table to a folder, each file atomically.

    Args:
        folder: the folder.
        name: name of the files without suffix.
        table: a `Table`.
        rows: the result of `collect`.
        notes: lines of text under the table, as `notes` returns them.

    Returns:
        List of the paths of `name.md`, `name.csv` and `name.json`.
    """
    folder = pathlib.Path(folder)
    paths = [folder / f"{name}.{suffix}" for suffix in ("md", "csv", "json")]
    with atomic_write(paths[0]) as temporary:
        text = f"## {table.title}\n\n{markdown(table, rows, notes)}"
        temporary.write_text(text, encoding="utf-8")
    flat = [_flat(row, run) for row in rows for run in row["runs"]]
    names = list(dict.fromkeys(name for line in flat for name in line)) or ["key", "title"]
    with (
        atomic_write(paths[1]) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(flat)
    write_json(paths[2], {"title": table.title, "about": list(notes), "rows": rows})
    return paths


def _flat(row, run):
    """Returns a line of the CSV file, one per run."""
    line = {"key": row["key"], "title": row["title"]}
    line |= {f"paper_{name}": value for name, value in row["published"].items()}
    line |= {name: value for name, value in run.items() if name not in runs.CHECKPOINTS}
    for checkpoint in runs.CHECKPOINTS:
        line |= {f"{checkpoint}_{name}": value for name, value in run[checkpoint].items()}
    return line
