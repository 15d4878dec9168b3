"""Runs all benchmarks, each in its own process, and prints one table of goals.

python -m benchmarks.all --json=benchmarks.json
python -m benchmarks.all --document=docs/performance.md --plot=docs/images/time_by_length.png

The minutes below are estimates for two otherwise idle cores. Without PyTorch
(`pip install -r requirements-benchmark.txt`), the benchmark that needs it is skipped.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from absl import app, flags

from benchmarks.rows import commit, machine, row, text_of
from sagcn_tf.files import atomic_write, write_json

# (module, arguments, minutes on two idle cores)
BENCHMARKS = (
    ("benchmarks.train_step", (), 1.5),
    ("benchmarks.train_step", ("--mixed_precision",), 1.0),
    ("benchmarks.against_pytorch", (), 4.0),
    ("benchmarks.sequence_length", (), 2.0),
    ("benchmarks.replicas", (), 1.5),
    ("benchmarks.start", (), 1.5),
    ("benchmarks.evaluation", (), 4.0),
    ("benchmarks.several_workers", (), 1.5),
)
# Benchmarks that take longer or need another machine.
NOT_RUN = (
    "MMD in mixed bfloat16 vs. float32 (python -m benchmarks.mixed_precision)",
    "training step on a GPU",
)
# The tables are written between these lines of a document.
BEGIN, END = "<!-- written by python -m benchmarks.all -->", "<!-- end of benchmarks.all -->"
_NEEDS_PYTORCH = "benchmarks.against_pytorch"
_FLAGS = flags.FLAGS


def run(module, arguments):
    """Runs a benchmark.

    Args:
        module: Name of its module.
        arguments: Arguments of its command line.

    Returns:
        Its rows; if it fails, a single row without a measurement.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = pathlib.Path(folder) / "rows.json"
        command = [sys.executable, "-m", module, *arguments, f"--json={rows}"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode == 0:
            return json.loads(rows.read_text())
    print(f"{' '.join(command)} failed:\n{ended.stderr[-2000:]}", file=sys.stderr)
    return [row(" ".join((module, *arguments)), "at most", 0, None, "")]


def run_all(benchmarks, say=print):
    """Returns the rows of all benchmarks and prints the progress."""
    rows, start = [], time.monotonic()
    for number, (module, arguments, _) in enumerate(benchmarks):
        left = sum(minutes for _, _, minutes in benchmarks[number:])
        words = " ".join((module, *arguments))
        say(f"[{number + 1}/{len(benchmarks)}] {words}, about {left:.0f} min left", flush=True)
        rows += run(module, arguments)
    say(f"{(time.monotonic() - start) / 60:.1f} min")
    return rows


def tables(rows):
    """Returns two Markdown tables: rows with goals, then the measurements they are based on."""
    goals = [one for one in rows if one["goal"] is not None or one["measured"] is None]
    others = [one for one in rows if one["goal"] is None and one["measured"] is not None]
    of = f"Measured on: {machine()}. Commit: {commit()}."
    return f"{of}\n\n{text_of(goals)}\n\nUnderlying measurements:\n\n{text_of(others)}"


def write_into(document, text):
    """Replaces the text between the lines `BEGIN` and `END` of a document."""
    before, _, rest = pathlib.Path(document).read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    with atomic_write(document) as temporary:
        temporary.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main(_):
    """Runs the benchmarks, prints the tables, and writes them to the files of the flags."""
    commit()  # cached before the plot and the document change the working tree
    plot = (f"--plot={_FLAGS.plot}",) if _FLAGS.plot else ()
    benchmarks = [
        (module, plot if module == "benchmarks.sequence_length" else arguments, minutes)
        for module, arguments, minutes in BENCHMARKS
        if module != _NEEDS_PYTORCH or importlib.util.find_spec("torch")
    ]
    rows = run_all(benchmarks)
    missing = list(NOT_RUN)
    if len(benchmarks) < len(BENCHMARKS):
        missing.append(
            "training step and sampling vs. PyTorch (pip install -r requirements-benchmark.txt)"
        )
    rows += [row(name, None, None, None, "") for name in missing]
    text = tables(rows)
    print(text)
    if _FLAGS.document:
        write_into(_FLAGS.document, text)
    if _FLAGS.json:
        write_json(_FLAGS.json, rows)
    if any(one["goal"] is not None and one["measured"] is None for one in rows):
        sys.exit(1)


if __name__ == "__main__":
    flags.DEFINE_string("json", None, "File for the rows.")
    flags.DEFINE_string("document", None, "Markdown file whose tables are replaced.")
    flags.DEFINE_string("plot", None, "File for the plot of time per frame over clip length.")
    app.run(main)
