"""Reproduces a table of the paper, from training to files, or a figure, from a trained run.

python -m sagcn_tf.reproduce --table=1 --dataset=human36m --manual_dir=DIR --minutes=20
python -m sagcn_tf.reproduce --table=4 --dataset=synthetic --steps=200 --systems=cnn,k0,sagcn
python -m sagcn_tf.reproduce --figure=8 --run_dir=runs/x --classes=directions,walking

Tables: 1, MMD of all systems; 2, recognition; 3, MMD on NTU RGB+D; 4, ablations of SA-GCN. Runs of
one data set are shared by all tables. One run is trained at a time; after a stop, the same command
continues where it was. After each run, the table so far is written to RUNS_DIR/tables/ as Markdown,
CSV and JSON. Table 5, ratings by people, comes from a study of human_evaluation: --table=5
--study_dir=DIR.

Figures: 4 and 5, the attention graph; 6, 7 and gallery, film strips; 8, mixtures of classes; 9,
trajectories of classes. Each is written to RUN_DIR/figures/ as PNG and SVG, and its numbers as CSV.
"""

import pathlib

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import UserError, run_main
from sagcn_tf.number_list import whole_numbers
from sagcn_tf.reproduction.figures import TITLES as FIGURES
from sagcn_tf.reproduction.tables import DATASETS as USUAL_DATASETS
from sagcn_tf.reproduction.tables import TABLES, chosen_rows
from sagcn_tf.runs import read_config

# The table that is not trained for.
_HUMAN = "5"
_FLAGS = flags.FLAGS


def _define_flags():
    tables = [*map(str, TABLES), _HUMAN]
    shown = "; ".join(f"{name}: {title}" for name, title in FIGURES.items())
    flags.DEFINE_enum("table", None, tables, "number of the paper's table")
    flags.DEFINE_enum("figure", None, list(FIGURES), f"figure to draw. {shown}")
    flags.mark_flags_as_mutual_exclusive(["table", "figure"], required=True)
    flags.DEFINE_string("study_dir", None, "folder of the study of table 5")
    flags.DEFINE_string("run_dir", None, "folder of the run that a figure shows")
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights a figure shows")
    flags.DEFINE_list("classes", None, "classes that a figure shows (default: the paper's, or all)")
    flags.DEFINE_enum("dataset", None, list(DATASETS), "data set (default: the paper's)")
    flags.DEFINE_list("systems", None, "rows of the table (default: all), such as skeleton_vae")
    flags.DEFINE_integer("steps", None, "training steps of each run (default: its preset's)", 2)
    flags.DEFINE_float(
        "minutes",
        None,
        "minutes per training, instead of --steps; measuring the run takes extra time, which is "
        "estimated at the start",
        0.1,
    )
    flags.DEFINE_list("seeds", ["0"], "seeds; each row is run once per seed")
    flags.DEFINE_list("clips_per_class", ["100", "1000"], "numbers of clips per class, one or more")
    flags.DEFINE_boolean("mixed_precision", False, "train SA-GCN in bfloat16")
    flags.DEFINE_string("remark", None, "a line under the table, for example about the data")
    flags.DEFINE_string("runs_dir", "runs/tables", "folder of the runs")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder of raw files, such as your own motion")
    flags.DEFINE_string("classifier_dir", "classifiers", "folder of trained classifiers")


def main(_):
    """Runs the command line."""
    if _FLAGS.figure:
        _draw_figure()
    elif _FLAGS.table == _HUMAN:
        _write_human_table()
    else:
        _make_table()


def _draw_figure():
    if not _FLAGS.run_dir:
        raise UserError("--figure needs --run_dir=DIR, the folder of a trained run")
    # What is wrong with the folders is said before TensorFlow is imported.
    config = read_config(_FLAGS.run_dir)
    check_manual_dir(config.dataset, _FLAGS.manual_dir, _FLAGS.run_dir)

    from sagcn_tf.reproduction.figures.run import reproduce_figure

    shown = (_FLAGS.figure, _FLAGS.run_dir, _FLAGS.checkpoint, _FLAGS.classes)
    paths = reproduce_figure(*shown, _FLAGS.data_dir, _FLAGS.manual_dir)
    print("\n".join(map(str, paths)))


def _write_human_table():
    from sagcn_tf.reproduction.table_5 import write_table_5

    paths = write_table_5(_FLAGS.study_dir, pathlib.Path(_FLAGS.runs_dir) / "tables")
    print(paths[0].read_text())
    print("\n".join(map(str, paths)))


def _make_table():
    """Plans, trains, measures and writes."""
    number = int(_FLAGS.table)
    dataset, rows = _FLAGS.dataset or USUAL_DATASETS[number], chosen_rows(number, _FLAGS.systems)
    seeds = whole_numbers("seeds", _FLAGS.seeds, 0, 2**31 - 1)
    sizes = whole_numbers("clips_per_class", _FLAGS.clips_per_class, 2, 2000)
    if _FLAGS.steps and _FLAGS.minutes:
        raise UserError("give --steps or --minutes, not both: the one follows from the other")
    check_manual_dir(dataset, _FLAGS.manual_dir)

    from sagcn_tf.reproduction.run import reproduce
    from sagcn_tf.reproduction.runner import Budget

    folders = (_FLAGS.runs_dir, _FLAGS.data_dir, _FLAGS.manual_dir, _FLAGS.classifier_dir)
    budget = Budget(_FLAGS.steps, _FLAGS.minutes, _FLAGS.mixed_precision, tuple(sizes))
    reproduce(number, dataset, rows, seeds, sizes, budget, folders, _command(), _FLAGS.remark)


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
