"""Trains and measures the rows of a table, each run in its folder, as far as they are not yet."""

import dataclasses
import pathlib
import tempfile
import time

from sagcn_tf import runs
from sagcn_tf.config import Config, make_config
from sagcn_tf.evaluation.report import is_measured, read_metrics, write_metrics
from sagcn_tf.reproduction.child_process import in_a_child_process
from sagcn_tf.reproduction.tables import Row

# Evaluations on the selection clips in the course of a run; one of them becomes `best`.
EVALUATIONS = 20
# Of SkeletonGAN's published steps, those of its first stage.
_POSE_SHARE = 100_000 / 112_500
# Long enough for each stage of a system to come up in its published share.
_TIMED_STEPS = 9000


@dataclasses.dataclass(frozen=True)
class Budget:
    """How long each run is trained.

    Attributes:
        steps: training steps; None: as many as the preset has.
        minutes: wall time on this machine with nothing beside it, from which the steps follow;
            None: any.
        mixed_precision: bfloat16, of the systems that have it.
    """

    steps: int | None = None
    minutes: float | None = None
    mixed_precision: bool = False


@dataclasses.dataclass(frozen=True)
class Planned:
    """A run of a table: a row with a seed, its folder, and how long it takes from now on.

    Attributes:
        row: the `Row`.
        seed: of the run.
        run_dir: its folder, which holds its `config.json`.
        seconds: of training that are left, as first steps or those made so far tell.
    """

    row: Row
    seed: int
    run_dir: pathlib.Path
    seconds: float


def plan(rows, dataset, seeds, budget, runs_dir, data_dir, manual_dir, say=print):
    """Fixes the configuration of each run that is not there yet, by the time of its first steps.

    Args:
        rows: the `Row`s.
        dataset: name of the data set.
        seeds: of the runs of each row.
        budget: a `Budget`, of new runs; those that are there keep theirs.
        runs_dir: folder of the runs.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.
        say: called with a line of text for each run.

    Returns:
        A list of `Planned`.
    """
    planned = []
    for row in rows:
        paced = None
        for seed in seeds:
            run_dir = pathlib.Path(runs_dir) / f"{dataset}-{row.key}-{seed}"
            if not (run_dir / "config.json").exists():
                config = _config(row, dataset, seed, budget)
                paced = paced or _paced(config, data_dir, manual_dir)
                _with_steps(config, budget, *paced).save(run_dir / "config.json")
            config = Config.load(run_dir / "config.json")
            seconds = 0 if finished(run_dir) else _seconds_left(run_dir, config)
            if seconds is None:
                paced = paced or _paced(config, data_dir, manual_dir)
                seconds = config.steps * paced[0] + EVALUATIONS * paced[1]
            planned.append(Planned(row, seed, run_dir, seconds))
            say(f"{row.title}, seed {seed}: {config.steps} steps, {seconds / 60:.0f} minutes left")
    return planned


def _config(row, dataset, seed, budget):
    """The configuration of a new run, with steps by which it can be timed."""
    settings = {"seed": seed, **row.settings}
    if budget.mixed_precision and row.model == "sagcn":
        settings["mixed_precision"] = True
    config = make_config(dataset, model=row.model, **settings)
    return config if budget.minutes is None else _of_length(config, _TIMED_STEPS)


def _of_length(config, steps):
    changes, scored = {"steps": steps}, steps
    if config.model.endswith("skeleton_gan"):
        changes["pose_steps"] = min(max(1, round(_POSE_SHARE * steps)), steps - 1)
        scored -= changes["pose_steps"]
    changes["evaluate_every"] = max(1, scored // EVALUATIONS)
    return dataclasses.replace(config, **changes)


def _with_steps(config, budget, step_seconds, evaluation_seconds):
    if budget.minutes is not None:
        seconds = 60 * budget.minutes - EVALUATIONS * evaluation_seconds
        config = _of_length(config, max(2, round(seconds / step_seconds)))
        # A few steps after the best they would be measured again, for nothing new.
        beyond = config.steps % config.evaluate_every
        return dataclasses.replace(config, steps=config.steps - beyond)
    return config if budget.steps is None else _of_length(config, budget.steps)


def _seconds_left(run_dir, config):
    """By the history of a run; None where it has none yet."""
    from sagcn_tf.runs import read_history

    history = run_dir / "history.csv"
    rows = read_history(history) if history.exists() else []
    rows = [row for row in rows if "seconds" in row]
    if not rows:
        return None
    return rows[-1]["seconds"] / rows[-1]["step"] * (config.steps - rows[-1]["step"])


def _paced(config, data_dir, manual_dir):
    return in_a_child_process(
        seconds_of_first_steps, dataclasses.asdict(config), str(data_dir), manual_dir
    )


def seconds_of_first_steps(config, data_dir, manual_dir):
    """Times a run's steps, and an evaluation on the selection clips, in a folder that is removed.

    Args:
        config: the fields of a `Config`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.

    Returns:
        Seconds of a step, on average over the stages of the run, and of an evaluation.
    """
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation import evaluation
    from sagcn_tf.training.trainer import Trainer

    config = Config(**config)
    data = input_pipeline.load(config.dataset, data_dir, manual_dir)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, data, folder)
        trainer.restore()
        step_seconds = trainer.seconds_per_step()
    selection = evaluation.selection_clips(data, config.frames)
    evaluation.selection_mmd(trainer.model, data, selection[:, :2])  # traces
    start = time.monotonic()
    evaluation.selection_mmd(trainer.model, data, selection)
    return step_seconds, time.monotonic() - start


def train(planned, data_dir, manual_dir) -> bool:
    """Trains a run up to its last step; False if a signal stopped it."""
    return in_a_child_process(train_in_folder, str(planned.run_dir), str(data_dir), manual_dir)


def train_in_folder(run_dir, data_dir, manual_dir):
    """Trains the run of a folder by its `config.json`; see `training.run.train_run`."""
    from sagcn_tf.training.run import train_run

    return train_run(
        Config.load(f"{run_dir}/config.json"), run_dir, data_dir, manual_dir, None, False
    )


def finished(run_dir) -> bool:
    """Whether a run has a checkpoint of its last step."""
    config = Config.load(pathlib.Path(run_dir) / "config.json")
    return (runs.checkpoint_dir(run_dir, "last") / f"ckpt-{config.steps}.index").exists()


def measured(run_dir, checkpoint, recognized) -> bool:
    """Whether the newest checkpoint was measured, with recognition where that is wanted."""
    if not is_measured(run_dir, checkpoint):
        return False
    # Metrics of older versions have no `classifiers`.
    recognition = read_metrics(run_dir)[checkpoint].get("recognition", {})
    return not recognized or "classifiers" in recognition


def measure(planned, checkpoint, clips_per_class, data_dir, manual_dir, classifier_dir):
    """Evaluates a checkpoint of a run; see `evaluation.run.evaluate_run`.

    `best` is measured first; where it is the last step, it is not evaluated again.
    """
    step = runs.checkpoint_step(planned.run_dir, checkpoint)
    if checkpoint == "last" and step == runs.checkpoint_step(planned.run_dir, "best"):
        write_metrics(planned.run_dir, "last", read_metrics(planned.run_dir)["best"])
        return
    folders = str(data_dir), manual_dir, clips_per_class, str(classifier_dir)
    in_a_child_process(evaluate_in_folder, str(planned.run_dir), checkpoint, *folders)


def evaluate_in_folder(run_dir, checkpoint, data_dir, manual_dir, clips_per_class, classifier_dir):
    """Evaluates a checkpoint of the run of a folder; see `evaluation.run.evaluate_run`."""
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation.run import evaluate_run

    data = input_pipeline.load(runs.read_config(run_dir).dataset, data_dir, manual_dir)
    evaluate_run(run_dir, checkpoint, data, clips_per_class, data_dir, classifier_dir)


def train_classifiers(dataset, data_dir, manual_dir, classifier_dir):
    """Trains the classifiers of a data set that are not there yet; prints scores of real clips."""
    folders = str(data_dir), manual_dir, str(classifier_dir)
    print(in_a_child_process(train_classifiers_in_folder, dataset, *folders), flush=True)


def train_classifiers_in_folder(dataset, data_dir, manual_dir, classifier_dir):
    """Trains missing classifiers; see `classification.run.train_missing`."""
    from sagcn_tf.classification.run import train_missing
    from sagcn_tf.data import input_pipeline

    data = input_pipeline.load(dataset, data_dir, manual_dir)
    return train_missing(data, make_config(dataset).frames, classifier_dir)
