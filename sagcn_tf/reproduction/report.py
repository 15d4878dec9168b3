"""What came out of a table: Markdown, CSV and JSON, with all that a reader needs to judge it."""

import csv
import os
import pathlib
import platform

import numpy as np

from sagcn_tf import runs
from sagcn_tf.evaluation.report import read_metrics
from sagcn_tf.files import atomic_write, write_json
from sagcn_tf.markdown import table as markdown_table
from sagcn_tf.reproduction.measured import MMD_COLUMNS, MOTION, RECOGNITION_COLUMNS, estimate

NOT_RUN = "not run"


def markdown(table, rows, about):
    """The table as Markdown.

    Args:
        table: a `Table`.
        rows: what `collect` returned.
        about: lines of text under it: data, clips, real set, machine, commands.
    """
    columns = RECOGNITION_COLUMNS if table.recognizes else MMD_COLUMNS
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
    return f"{markdown_table(header, lines)}\n\n" + "\n".join(about) + "\n"


def _over_seeds(row, checkpoint, name, digits=3):
    """Mean and deviation over the seeds of a row; of one seed, the spread over its clips."""
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


def about(table, dataset, rows, runs_dir, command, remark=None):
    """What a reader has to know of the figures of a table, as lines of Markdown.

    Args:
        table: a `Table`.
        dataset: name of the data set.
        rows: what `collect` returned.
        runs_dir: folder of the runs.
        command: the command line.
        remark: a line of the user's, or None.
    """
    found = [run for row in rows for run in row["runs"]]
    if not found:
        return [f"Data set {dataset}. Command: `{command}`"]
    clips = ", ".join(map(str, sorted({run["clips_per_class"] for run in found})))
    of_sagcn = {run["mixed_precision"] for run in found if run["model"] == "sagcn"}
    precision = [f"; SA-GCN in {('float32', 'bfloat16')[mixed]}" for mixed in sorted(of_sagcn)]
    of_one = "95 % interval over sets of clips" if table.recognizes else "deviation over draws"
    lines = [
        *([remark, ""] if remark else []),
        f"Data set {dataset}, standardized with its training mean and deviation; MMD against "
        f"clips of training subjects but where test subjects are named, {clips} clips a class. "
        "`best` is the checkpoint with the lowest MMD_seq on selection clips, drawn apart from "
        "those reported; `last` that of the last step. Mean ± deviation over seeds; "
        f"with one seed, ± the {of_one}.",
        "",
        f"Machine: {_machine()}{''.join(precision)}. Command: `{command}`",
        "",
    ]
    measured = [read_metrics(pathlib.Path(runs_dir) / run["run_dir"])["best"] for run in found]
    if not table.recognizes:
        return lines + _anchors(measured[0])
    recognized = [results for results in measured if "recognition" in results]
    return lines + (_ceilings(recognized[0]) if recognized else [])


def _machine():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration, IndexError):
        model = platform.processor() or platform.machine()
    # This process may be held to some of them, as `taskset` does.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} core{'s' * (cores > 1)}"


def _anchors(results):
    """The MMD of sets of clips that nobody generated, for scale."""
    rows = []
    for name, scores in results["reference_sets"].items():
        largest = scores[max(scores, key=int)]
        rows.append([name, *(f"{largest[key]['mean']:.3f}" for key in ("mmd_avg", "mmd_seq"))])
    return ["For scale, sets of clips that no system generated:", ""] + [
        markdown_table(["clips", "MMD_avg", "MMD_seq"], rows)
    ]


def _ceilings(results):
    """What the classifiers score on real clips."""
    names = {
        "train": "training subjects",
        "held_out": "held-out sequences",
        "test": "test subjects",
    }
    rows = [
        [title, *(_of_real(results, column, name) for column in RECOGNITION_COLUMNS)]
        for name, title in names.items()
    ]
    header = ["real clips of", *(column.title for column in RECOGNITION_COLUMNS)]
    return ["What real clips score:", "", markdown_table(header, rows)]


def _of_real(results, column, name):
    *outer, _, score = column.path  # .., generated, score
    found = estimate(results, [*outer, name, score])
    return f"{found['mean']:.3f} ± {found['interval']:.3f}" if found else NOT_RUN


def write(folder, name, table, rows, about):
    """Writes `name.md`, `name.csv` and `name.json` into a folder, each whole; returns the paths."""
    folder = pathlib.Path(folder)
    paths = [folder / f"{name}.{suffix}" for suffix in ("md", "csv", "json")]
    with atomic_write(paths[0]) as temporary:
        temporary.write_text(f"## {table.title}\n\n{markdown(table, rows, about)}")
    flat = [_flat(row, run) for row in rows for run in row["runs"]]
    names = list(dict.fromkeys(name for line in flat for name in line)) or ["key", "title"]
    with atomic_write(paths[1]) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(flat)
    write_json(paths[2], {"title": table.title, "about": list(about), "rows": rows})
    return paths


def _flat(row, run):
    """A line of the CSV: one run."""
    line = {"key": row["key"], "title": row["title"]}
    line |= {f"paper_{name}": value for name, value in row["published"].items()}
    line |= {name: value for name, value in run.items() if name not in runs.CHECKPOINTS}
    for checkpoint in runs.CHECKPOINTS:
        line |= {f"{checkpoint}_{name}": value for name, value in run[checkpoint].items()}
    return line
