"""Runs the benchmarks, each in a process of its own, and prints one table of goals.

python -m benchmarks.all --json=benchmarks.json
python -m benchmarks.all --document=docs/performance.md --plot=docs/images/time_by_length.png

It takes about 18 minutes on two cores on which nothing else runs. Those that need PyTorch are not
run where it is not installed (`pip install -r requirements-benchmark.txt`).
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

# (module, arguments, minutes on two quiet cores)
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
# What takes longer or needs another machine.
NOT_RUN = (
    "MMD in mixed bfloat16 against float32 (python -m benchmarks.mixed_precision)",
    "training step on a GPU",
)
# What was measured stands between these lines of a document.
BEGIN, END = "<!-- written by python -m benchmarks.all -->", "<!-- end of it -->"
_NEEDS_PYTORCH = "benchmarks.against_pytorch"
_FLAGS = flags.FLAGS


def run(module, arguments):
    """The rows that a benchmark gives; one without a number if it fails.

    Args:
        module: its name.
        arguments: of its command line.
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
    """The rows of all benchmarks, and says how far it is."""
    rows, start = [], time.monotonic()
    for number, (module, arguments, _) in enumerate(benchmarks):
        left = sum(minutes for _, _, minutes in benchmarks[number:])
        words = " ".join((module, *arguments))
        say(f"[{number + 1}/{len(benchmarks)}] {words}, about {left:.0f} min left", flush=True)
        rows += run(module, arguments)
    say(f"{(time.monotonic() - start) / 60:.1f} min")
    return rows


def tables(rows):
    """What was measured as Markdown: the goals first, then what they are made of."""
    goals = [one for one in rows if one["goal"] is not None or one["measured"] is None]
    others = [one for one in rows if one["goal"] is None and one["measured"] is not None]
    of = f"Measured on: {machine()}. Commit: {commit()}."
    return f"{of}\n\n{text_of(goals)}\n\nWhat these come from:\n\n{text_of(others)}"


def write_into(document, text):
    """Replaces what stands between the lines `BEGIN` and `END` of a document."""
    before, _, rest = pathlib.Path(document).read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    with atomic_write(document) as temporary:
        temporary.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main(_):
    """Runs, prints, and writes the rows where a file is named."""
    commit()  # remembers it before the plot and the document differ from it
    plot = (f"--plot={_FLAGS.plot}",) if _FLAGS.plot else ()
    benchmarks = [
        (module, plot if module == "benchmarks.sequence_length" else arguments, minutes)
        for module, arguments, minutes in BENCHMARKS
        if module != _NEEDS_PYTORCH or importlib.util.find_spec("torch")
    ]
    rows = run_all(benchmarks)
    missing = list(NOT_RUN)
    if len(benchmarks) < len(BENCHMARKS):
        missing.append("against PyTorch (pip install -r requirements-benchmark.txt)")
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
    flags.DEFINE_string("json", None, "file for the rows")
    flags.DEFINE_string("document", None, "Markdown file that holds the tables")
    flags.DEFINE_string("plot", None, "file for the plot of the time a frame against the length")
    app.run(main)
