"""Reproduces a table, from the first run to the files."""

import pathlib

from sagcn_tf.reproduction import measured, report, runner
from sagcn_tf.reproduction.tables import TABLES
from sagcn_tf.runs import CHECKPOINTS


def reproduce(number, dataset, rows, seeds, sizes, budget, folders, command, remark=None):
    """Trains and evaluates the runs of a table one by one, and writes the table after each run.

    Args:
        number: number of the table, a key of `tables.TABLES`.
        dataset: name of the data set.
        rows: the `Row`s to train.
        seeds: seeds of the runs of each row.
        sizes: numbers of clips per class to measure.
        budget: a `runner.Budget`.
        folders: `(runs_dir, data_dir, manual_dir, classifier_dir)`; `manual_dir` may be None.
        command: the command line to show under the table.
        remark: a line of text under the table. Default: None.

    Raises:
        UserError: if a run cannot be trained or evaluated.
    """
    runs_dir, data_dir, manual_dir, classifier_dir = folders
    table, data = TABLES[number], (data_dir, manual_dir)
    planned = runner.plan(rows, dataset, seeds, budget, runs_dir, *data)
    hours = sum(one.seconds for one in planned) / 3600
    print(f"{len(planned)} runs, {hours:.1f} hours of training in total\n", flush=True)
    if table.with_recognition:
        runner.train_classifiers(dataset, *data, classifier_dir)

    def write():
        found = measured.collect(table, dataset, seeds, runs_dir)
        contents = table, found, report.notes(table, dataset, found, runs_dir, command, remark)
        folder = pathlib.Path(runs_dir) / "tables"
        paths = report.write(folder, f"table{number}-{dataset}", *contents)
        return paths, report.for_terminal(*contents)

    for count, one in enumerate(planned, start=1):
        print(f"[{count} of {len(planned)}] {one.row.title}, seed {one.seed}", flush=True)
        if not runner.finished(one.run_dir) and not runner.train(one, *data):
            return
        for checkpoint in CHECKPOINTS:
            if not runner.measured(one.run_dir, checkpoint, table.with_recognition):
                runner.measure(one, checkpoint, sizes, *data, classifier_dir)
        paths, text = write()
    print("\n".join([text, *map(str, paths)]))
