"""Makes a table of the paper: trains what is not trained yet, measures all alike, and writes it.

python -m sagcn_tf.reproduce --table=1 --dataset=human36m --manual_dir=DIR --minutes=20
python -m sagcn_tf.reproduce --table=4 --dataset=synthetic --steps=200 --systems=cnn,k0,sagcn

Tables: 1, MMD of all systems; 2, recognition; 3, MMD on NTU RGB+D; 4, ablations of SA-GCN. Runs of
one data set are shared by all tables. One run is trained at a time; stopped at any point, the same
command goes on where it was. The table, as far as it is measured, is written after each run to
RUNS_DIR/tables/ as Markdown, CSV and JSON.
"""

import pathlib

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import UserError, run_main
from sagcn_tf.reproduction.tables import DATASETS as USUAL_DATASETS
from sagcn_tf.reproduction.tables import TABLES
from sagcn_tf.runs import CHECKPOINTS

_FLAGS = flags.FLAGS


def _define_flags():
    tables = [str(number) for number in TABLES]
    flags.DEFINE_enum("table", None, tables, "number of the paper's table", required=True)
    flags.DEFINE_enum("dataset", None, list(DATASETS), "data set (default: the paper's)")
    flags.DEFINE_list("systems", None, "rows of the table (default: all), such as skeleton_vae")
    flags.DEFINE_integer("steps", None, "training steps of each run (default: its preset's)", 2)
    flags.DEFINE_float(
        "minutes", None, "training time of each run, in place of --steps: as many as its first", 0.1
    )
    flags.DEFINE_list("seeds", ["0"], "seeds, one run of each row for each")
    flags.DEFINE_list("clips_per_class", ["100", "1000"], "clips a class, one or more numbers")
    flags.DEFINE_boolean("mixed_precision", False, "train SA-GCN in bfloat16")
    flags.DEFINE_string("remark", None, "a line to stand under the table, such as of what data")
    flags.DEFINE_string("runs_dir", "runs/tables", "folder of the runs")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder with raw files that cannot be downloaded")
    flags.DEFINE_string("recogniser_dir", "recognisers", "folder of trained recognisers")


def main(_):
    """Plans, trains, measures and writes."""
    table, dataset = TABLES[int(_FLAGS.table)], _FLAGS.dataset or USUAL_DATASETS[int(_FLAGS.table)]
    rows = _chosen_rows(table, _FLAGS.systems)
    seeds = _whole_numbers("seeds", 0, 2**31 - 1)
    sizes = _whole_numbers("clips_per_class", 2, 2000)
    if _FLAGS.steps and _FLAGS.minutes:
        raise UserError("give --steps or --minutes, not both: the one follows from the other")
    check_manual_dir(dataset, _FLAGS.manual_dir)

    from sagcn_tf.reproduction import measured, report, runner

    budget = runner.Budget(_FLAGS.steps, _FLAGS.minutes, _FLAGS.mixed_precision)
    folders = _FLAGS.data_dir, _FLAGS.manual_dir
    planned = runner.plan(rows, dataset, seeds, budget, _FLAGS.runs_dir, *folders)
    hours = sum(one.seconds for one in planned) / 3600
    print(f"{len(planned)} runs, {hours:.1f} hours of training in all\n", flush=True)
    if table.recognises:
        runner.train_recognisers(dataset, *folders, _FLAGS.recogniser_dir)

    def write():
        found = measured.collect(table, dataset, seeds, _FLAGS.runs_dir)
        about = report.about(table, dataset, found, _FLAGS.runs_dir, _command(), _FLAGS.remark)
        folder = pathlib.Path(_FLAGS.runs_dir) / "tables"
        return report.write(folder, f"table{_FLAGS.table}-{dataset}", table, found, about)

    for number, one in enumerate(planned, start=1):
        print(f"[{number} of {len(planned)}] {one.row.title}, seed {one.seed}", flush=True)
        if not runner.finished(one.run_dir) and not runner.train(one, *folders):
            return
        for checkpoint in CHECKPOINTS:
            if not runner.measured(one.run_dir, checkpoint, table.recognises):
                runner.measure(one, checkpoint, sizes, *folders, _FLAGS.recogniser_dir)
        paths = write()
    print(paths[0].read_text())
    print("\n".join(str(path) for path in paths))


def _chosen_rows(table, names):
    """The rows of those names, in the order of the table; all without names."""
    rows = {row.key: row for row in table.rows}
    unknown = [name for name in names or () if name not in rows]
    if unknown:
        raise UserError(
            f"--systems={','.join(unknown)} is not in this table, which has: {', '.join(rows)}"
        )
    return [row for row in table.rows if not names or row.key in names]


def _whole_numbers(name, low, high):
    """The numbers of a list flag, which must not be empty."""
    values = [value.strip() for value in _FLAGS[name].value]
    if not values or not all(v.isdecimal() and low <= int(v) <= high for v in values):
        raise UserError(
            f"--{name} must be whole numbers from {low} to {high}, separated by commas, received "
            f"{','.join(values)!r}"
        )
    return [int(value) for value in values]


def _command():
    """The command line that makes this table, without its folders."""
    flags_given = {
        name: _FLAGS[name].value
        for name in ("table", "dataset", "steps", "minutes", "seeds", "clips_per_class")
        if _FLAGS[name].present
    }
    text = [
        f"--{name}={','.join(value) if isinstance(value, list) else value}"
        for name, value in flags_given.items()
    ]
    if _FLAGS.mixed_precision:
        text.append("--mixed_precision")
    return f"python -m sagcn_tf.reproduce {' '.join(text)}"


if __name__ == "__main__":
    _define_flags()
    run_main(main)
