"""Runs training from data to metrics and pictures, in one folder."""

import contextlib
import dataclasses
import json
import pathlib

from sagcn_tf import runs
from sagcn_tf.classification.storage import open_classifiers
from sagcn_tf.data import input_pipeline
from sagcn_tf.data.clips import check_clips
from sagcn_tf.errors import UserError, file_error
from sagcn_tf.evaluation import evaluation, report
from sagcn_tf.evaluation.duration import forecast
from sagcn_tf.evaluation.final_metrics import write_final_metrics
from sagcn_tf.evaluation.real_measurements_cache import cached_real_measurements
from sagcn_tf.files import write_json
from sagcn_tf.training.reporter import Reporter
from sagcn_tf.training.run_folder import locked_run
from sagcn_tf.training.sample_pictures import draw_samples
from sagcn_tf.training.trainer import Trainer
from sagcn_tf.training.workers import Workers

# A run of fewer steps is a trial: it is measured on 100 clips per class, which takes moments.
_TRIAL_STEPS = 1000


def train_run(
    config,
    run_dir,
    data_dir,
    manual_dir=None,
    cluster=None,
    measure=True,
    classifier_dir="classifiers",
) -> bool:
    """Trains a run from its last checkpoint, then evaluates it and draws samples.

    With several workers, call it on each, before TensorFlow is used for anything else.

    Args:
        config: a `Config`.
        run_dir: folder of the run, shared by all workers. Its `config.json` is written once all
            checks have passed.
        data_dir: folder for prepared data and cached measurements of real clips.
        manual_dir: folder with raw files that cannot be downloaded. Default: None.
        cluster: the `Cluster` of workers. Default: a single worker.
        measure: whether to evaluate the finished run. Samples are always drawn. Default: True.
        classifier_dir: folder of trained classifiers; those of the same data score clips during the
            training. Default: `classifiers`.

    Returns:
        True if the run is finished, False if a signal stopped it.

    Raises:
        UserError: if the data cannot be prepared, differ from the data of the run so far, or lack
            clips of a class in a split; if the training diverged; if the disk is full; or if a
            worker is lost, or differs in settings or data.
    """
    run_dir, workers = pathlib.Path(run_dir), Workers(cluster)
    # The chief holds the folder for all workers.
    lock = locked_run(run_dir) if workers.is_chief else contextlib.nullcontext()
    with lock, _file_errors(run_dir):
        with workers.lost_worker_errors():
            trained, data = _train(config, run_dir, (data_dir, manual_dir, classifier_dir), workers)
        if trained and workers.is_chief:
            _finish(config, data, run_dir, data_dir, measure)
    return trained


@contextlib.contextmanager
def _file_errors(run_dir):
    """Says what is kept if a file cannot be written, for example because the disk is full."""
    try:
        yield
    except Exception as error:
        reason = file_error(error)
        if reason is None:
            raise
        step = runs.checkpoint_step(run_dir, "last")
        kept = "no checkpoint yet" if step is None else f"the checkpoint of step {step} is kept"
        raise UserError(f"{reason}, and start the same command again ({kept})") from error


def _train(config, run_dir, folders, workers):
    """Trains to the last step or a signal; returns whether it is finished, and the data."""
    data_dir, manual_dir, classifier_dir = folders
    with workers.chief_first():
        before = _data_before(run_dir)
        fingerprint = before.fingerprint if before else ""
        lengths = config.frames, config.min_frames
        data = input_pipeline.load(config.dataset, data_dir, manual_dir, *lengths, fingerprint)
        check_clips(data, config.frames)
        _check_same_data(run_dir, before, data)
    workers.check_same(
        json.dumps([dataclasses.asdict(config), data.describe()]),
        "workers differ in settings or data. Start the same command on each worker",
    )
    trainer = Trainer(config, data, run_dir, workers)
    if workers.is_chief:
        # Only now, so that a start that was refused leaves nothing in the way of the next one.
        config.save(run_dir / "config.json")
        write_json(run_dir / "data.json", data.describe())
    first = trainer.restore()
    system = f"{config.model}, preset {config.preset}, on {config.dataset}"
    print(f"{run_dir}: {system}, step {first} of {config.steps}", flush=True)
    if not workers.is_chief:
        return trainer.train(), data
    classifiers = open_classifiers(classifier_dir, data, config.frames)
    reporter = Reporter(trainer.model, data, run_dir, first, classifiers=classifiers)
    return trainer.train(reporter), data


def _data_before(run_dir):
    """Returns the description of the data of a run that has begun; None for a new run."""
    begun = runs.has_begun(run_dir) and (run_dir / "data.json").exists()
    return runs.read_data(run_dir) if begun else None


def _check_same_data(run_dir, before, data):
    """Refuses to resume a run with other data."""
    if before and not data.matches(before):
        raise UserError(
            f"{run_dir} was started with different data (see its data.json). Resume it with the "
            "same data, or choose another --run_dir"
        )


def _finish(config, data, run_dir, data_dir, measure):
    """Draws samples from the best checkpoint of a finished run, and evaluates it."""
    model, _, _ = runs.open_run(run_dir, "best")
    pictures = draw_samples(model, data, run_dir, config.frames)
    if not measure:
        print("\n".join(map(str, pictures)))
        return
    sizes = {min(config.clips_per_class, 100)}
    if config.steps >= _TRIAL_STEPS:
        sizes.add(config.clips_per_class)
    print(
        f"\n{forecast(model, data, config.frames, sizes, data_dir)}. The run is complete: you can "
        "stop here, and sagcn_tf.evaluate measures it later",
        flush=True,
    )
    real = cached_real_measurements(data, config.frames, sizes, data_dir)
    results = evaluation.evaluate_model(model, data, config.frames, sizes, real=real)
    metrics = report.write_metrics(run_dir, "best", results)
    write_final_metrics(run_dir, "best")
    print(f"\n{report.format_results(results)}")
    print("\n".join(str(path) for path in (metrics, *pictures)))
