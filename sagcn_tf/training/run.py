"""A whole run: data, training, evaluation and pictures in one folder."""

import dataclasses
import json
import pathlib

from sagcn_tf import runs
from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import evaluation, report
from sagcn_tf.evaluation.real_measurements_cache import cached_real_measurements
from sagcn_tf.files import write_json
from sagcn_tf.training.reporter import Reporter
from sagcn_tf.training.sample_pictures import draw_samples
from sagcn_tf.training.trainer import Trainer
from sagcn_tf.training.workers import Workers


def train_run(config, run_dir, data_dir, manual_dir=None, cluster=None, measure=True) -> bool:
    """Trains a run from its last checkpoint, then evaluates it and draws what it generates.

    On several machines this is called on each, before TensorFlow is used for anything else.

    Args:
        config: a `Config`.
        run_dir: folder of the run, which holds its `config.json`; shared by all machines.
        data_dir: folder for prepared data, and for what evaluations need of them alone.
        manual_dir: folder with the raw files of data that cannot be downloaded.
        cluster: the `Cluster` of machines. Default: this one alone.
        measure: evaluate the finished run, of which samples are drawn in any case. Default True.

    Returns:
        True if the run is finished, False if a signal stopped it.

    Raises:
        UserError: if the data are not there, are not those that the run began with, or do not
            hold a clip of each class in both splits; if the training diverged; or if a machine is
            lost or has other settings or data than the others.
    """
    run_dir, workers = pathlib.Path(run_dir), Workers(cluster)
    with workers.watched():
        with workers.chief_first():
            data = input_pipeline.load(config.dataset, data_dir, manual_dir)
            input_pipeline.check_clips(data, config.frames)
            _keep_to_data(run_dir, data, workers.is_chief)
        workers.check_same(
            json.dumps([dataclasses.asdict(config), data.describe()]),
            "the machines have not the same settings and data: start the same command on each",
        )
        trainer = Trainer(config, data, run_dir, workers)
        first = trainer.restore()
        system = f"{config.model}, preset {config.preset}, on {config.dataset}"
        print(f"{run_dir}: {system}, step {first} of {config.steps}", flush=True)
        reporter = Reporter(data, run_dir, config.frames, first) if workers.is_chief else None
        if not trainer.train(reporter):
            return False
    if workers.is_chief:
        _finish(config, data, run_dir, data_dir, measure)
    return True


def _keep_to_data(run_dir, data, may_write):
    """Notes what a new run is trained on; refuses to resume a run with other data."""
    path = run_dir / "data.json"
    if path.exists() and runs.read_data(run_dir).describe() != data.describe():
        raise UserError(
            f"{run_dir} was begun with other data than these (see its data.json). Give it those "
            "again, or choose another --run_dir for these"
        )
    if may_write:
        write_json(path, data.describe())


def _finish(config, data, run_dir, data_dir, measure):
    """Draws samples of the best checkpoint of a finished run, and evaluates it."""
    model, _, _ = runs.open_run(run_dir, "best")
    pictures = draw_samples(model, data, run_dir, config.frames)
    if not measure:
        return
    sizes = {min(config.clips_per_class, 100), config.clips_per_class}
    real = cached_real_measurements(data, config.frames, sizes, data_dir)
    results = evaluation.evaluate_model(model, data, config.frames, sizes, real=real)
    metrics = report.write_metrics(run_dir, "best", results)
    print(f"\n{report.format_results(results)}")
    print("\n".join(str(path) for path in (metrics, *pictures)))
