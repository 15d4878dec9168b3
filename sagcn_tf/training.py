"""A whole run: data, training, evaluation and pictures in one folder."""

import pathlib

from sagcn_tf import evaluation, evaluation_report, input_pipeline, runs
from sagcn_tf.reporter import Reporter
from sagcn_tf.samples import draw_samples
from sagcn_tf.trainer import Trainer


def train_run(config, run_dir, data_dir, manual_dir=None) -> bool:
    """Trains a run from its last checkpoint, then evaluates it and draws what it generates.

    Args:
        config: a `Config`.
        run_dir: folder of the run, which holds its `config.json`.
        data_dir: folder for prepared data.
        manual_dir: folder with the raw files of data that cannot be downloaded.

    Returns:
        True if the run is finished, False if a signal stopped it.

    Raises:
        UserError: if the data are not there or the training diverged.
    """
    run_dir = pathlib.Path(run_dir)
    data = input_pipeline.load(config.dataset, data_dir, manual_dir)
    runs.write_json(run_dir / "data.json", data.describe())
    reporter = Reporter(data, run_dir, config.frames)
    trainer = Trainer(config, data, run_dir, reporter)
    first = trainer.restore()
    reporter.resume(first)
    print(
        f"{run_dir}: {config.preset} on {config.dataset}, step {first} of {config.steps}",
        flush=True,
    )
    if not trainer.train():
        return False
    _finish(config, data, run_dir)
    return True


def _finish(config, data, run_dir):
    """Evaluates the best checkpoint of a finished run and draws its samples."""
    model, _, _ = runs.open_run(run_dir, "best")
    pictures = draw_samples(model, data, run_dir, config.frames)
    sizes = {min(config.clips_per_class, 100), config.clips_per_class}
    results = evaluation.evaluate_model(model, data, config.frames, sizes)
    metrics = evaluation_report.write_metrics(run_dir, "best", results)
    print(f"\n{evaluation_report.format_results(results)}")
    print("\n".join(str(path) for path in (metrics, *pictures)))
