"""Plans, trains and evaluates the runs of a table, each in its own folder and process."""

import dataclasses
import pathlib
import tempfile
import time
from typing import NamedTuple

from sagcn_tf import runs
from sagcn_tf.config import Config, make_config
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.duration import in_words
from sagcn_tf.evaluation.final_metrics import write_final_metrics
from sagcn_tf.evaluation.report import is_measured, read_metrics, write_metrics
from sagcn_tf.quiet_import import import_tensorflow
from sagcn_tf.reproduction.child_process import run_in_child_process
from sagcn_tf.reproduction.tables import Row

# Evaluations on the selection clips per run; the best one selects the `best` checkpoint.
EVALUATIONS = 20
# Share of the first stage in the published steps of SkeletonGAN.
_POSE_SHARE = 100_000 / 112_500
# Large enough to give each stage of a system its published share.
_TIMED_STEPS = 9000
_TIMINGS = 3  # of a step


@dataclasses.dataclass(frozen=True)
class Budget:
    """The training time of each run.

    Attributes:
        steps: number of training steps. Default: None, the steps of the preset.
        minutes: training time on this machine when it runs nothing else, including loading,
            tracing and the selection of checkpoints, but not the measurements at the end; it
            determines the number of steps. Default: None, no limit.
        mixed_precision: whether to train SA-GCN in bfloat16. Default: False.
        sizes: numbers of clips per class of the measurements. Default: 100 and 1000.
    """

    steps: int | None = None
    minutes: float | None = None
    mixed_precision: bool = False
    sizes: tuple[int, ...] = (100, 1000)


class Timing(NamedTuple):
    """Seconds that the parts of a run take, estimated from its first steps.

    Attributes:
        start: loading and tracing.
        step: a step, the mean over the stages.
        evaluation: an evaluation on the selection clips.
        measuring: the measurements of both checkpoints.
    """

    start: float
    step: float
    evaluation: float
    measuring: float

    def training(self, steps):
        """Returns the seconds that training for a number of steps takes."""
        return self.start + steps * self.step + EVALUATIONS * self.evaluation


@dataclasses.dataclass(frozen=True)
class PlannedRun:
    """A run of a table, with the remaining training time.

    Attributes:
        row: the `Row`.
        seed: seed of the run.
        run_dir: folder of the run with its `config.json`.
        seconds: remaining training time, estimated from the first steps or from the history.
    """

    row: Row
    seed: int
    run_dir: pathlib.Path
    seconds: float


def plan(rows, dataset, seeds, budget, runs_dir, data_dir, manual_dir, log=print):
    """Creates the configurations of new runs, and estimates the training time of all runs.

    Args:
        rows: the `Row`s.
        dataset: name of the data set.
        seeds: seeds of the runs of each row.
        budget: a `Budget` for new runs; existing runs keep their configuration.
        runs_dir: folder of the runs.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.
        log: called with a line of text for each run. Default: `print`.

    Returns:
        List of `PlannedRun`.
    """
    planned = []
    for row in rows:
        timing = None
        for seed in seeds:
            run_dir = pathlib.Path(runs_dir) / f"{dataset}-{row.key}-{seed}"
            if not (run_dir / "config.json").exists():
                config = _config(row, dataset, seed, budget)
                timing = timing or _time_first_steps(config, budget.sizes, data_dir, manual_dir)
                _with_steps(config, budget, timing).save(run_dir / "config.json")
            config = Config.load(run_dir / "config.json")
            seconds = 0 if finished(run_dir) else _seconds_left(run_dir, config)
            if seconds is None:
                timing = timing or _time_first_steps(config, budget.sizes, data_dir, manual_dir)
                seconds = timing.training(config.steps)
            planned.append(PlannedRun(row, seed, run_dir, seconds))
            more = f", then {in_words(timing.measuring)} to measure it" if timing else ""
            left = f"{config.steps} steps, {seconds / 60:.0f} minutes left{more}"
            log(f"{row.title}, seed {seed}: {left}")
    return planned


def _config(row, dataset, seed, budget):
    """Creates the configuration of a new run; for a budget in minutes, with steps for timing."""
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


def _with_steps(config, budget, timing):
    if budget.minutes is not None:
        steps = round((60 * budget.minutes - timing.training(0)) / timing.step)
        if steps < 2:
            raise UserError(
                f"--minutes={budget.minutes:g} is too short for {config.model}: its training takes "
                f"{in_words(timing.training(0))} without any step, and a step {timing.step:.2g} "
                "seconds"
            )
        config = _of_length(config, steps)
        # Ends with an evaluation, so that no steps follow the last one.
        beyond = config.steps % config.evaluate_every
        return dataclasses.replace(config, steps=config.steps - beyond)
    return config if budget.steps is None else _of_length(config, budget.steps)


def _seconds_left(run_dir, config):
    """Estimates the remaining time from the history of a run; None without a history."""
    from sagcn_tf.runs import read_history

    history = run_dir / "history.csv"
    rows = read_history(history) if history.exists() else []
    rows = [row for row in rows if "seconds" in row]
    if not rows:
        return None
    return rows[-1]["seconds"] / rows[-1]["step"] * (config.steps - rows[-1]["step"])


def _time_first_steps(config, sizes, data_dir, manual_dir):
    given = dataclasses.asdict(config), sizes, str(data_dir), manual_dir
    return Timing(*run_in_child_process(seconds_of_first_steps, *given))


def seconds_of_first_steps(config, sizes, data_dir, manual_dir):
    """Times the parts of a run, in a temporary folder.

    Args:
        config: dict of the fields of a `Config`.
        sizes: numbers of clips per class of the measurements.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.

    Returns:
        The four values of a `Timing`.
    """
    import_tensorflow()
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation.duration import seconds_of_evaluation
    from sagcn_tf.evaluation.real_measurements_cache import cached_sizes
    from sagcn_tf.evaluation.selection import Selection
    from sagcn_tf.training.trainer import Trainer

    begun, config = time.monotonic(), Config(**config)
    data = input_pipeline.load(config.dataset, data_dir, manual_dir, config.frames)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, data, folder)
        trainer.restore()
        step = trainer.seconds_per_step(_TIMINGS)
    selection = Selection(data, config.frames)
    selection.measure(trainer.model)  # traces the model
    start = time.monotonic()
    selection.measure(trainer.model)
    end = time.monotonic()
    cached = cached_sizes(data, config.frames, sizes, data_dir)
    measuring = 2 * seconds_of_evaluation(trainer.model, data, config.frames, sizes, cached)
    return start - begun - _TIMINGS * step, step, end - start, measuring


def train(planned, data_dir, manual_dir) -> bool:
    """Trains a planned run in a child process; returns False if a signal stopped it."""
    return run_in_child_process(train_in_folder, str(planned.run_dir), str(data_dir), manual_dir)


def train_in_folder(run_dir, data_dir, manual_dir):
    """Trains the run of a folder with its `config.json`; see `training.run.train_run`."""
    import_tensorflow()
    from sagcn_tf.training.run import train_run

    return train_run(
        Config.load(f"{run_dir}/config.json"), run_dir, data_dir, manual_dir, None, False
    )


def finished(run_dir) -> bool:
    """Returns whether a run has a checkpoint of its last step."""
    config = Config.load(pathlib.Path(run_dir) / "config.json")
    return (runs.checkpoint_dir(run_dir, "last") / f"ckpt-{config.steps}.index").exists()


def measured(run_dir, checkpoint, with_recognition) -> bool:
    """Returns whether the newest checkpoint was evaluated, with recognition if required."""
    if not is_measured(run_dir, checkpoint):
        return False
    # Old metrics have no `classifiers`.
    recognition = read_metrics(run_dir)[checkpoint].get("recognition", {})
    return not with_recognition or "classifiers" in recognition


def measure(planned, checkpoint, clips_per_class, data_dir, manual_dir, classifier_dir):
    """Evaluates a checkpoint of a planned run in a child process.

    Evaluate `best` first: if it is also the last step, `last` reuses its results.

    Args:
        planned: a `PlannedRun`.
        checkpoint: `"best"` or `"last"`.
        clips_per_class: one or more numbers of clips.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.
        classifier_dir: folder of trained classifiers.
    """
    step = runs.checkpoint_step(planned.run_dir, checkpoint)
    if checkpoint == "last" and step == runs.checkpoint_step(planned.run_dir, "best"):
        write_metrics(planned.run_dir, "last", read_metrics(planned.run_dir)["best"])
        write_final_metrics(planned.run_dir, "last")
        return
    folders = str(data_dir), manual_dir, clips_per_class, str(classifier_dir)
    run_in_child_process(evaluate_in_folder, str(planned.run_dir), checkpoint, *folders)


def evaluate_in_folder(run_dir, checkpoint, data_dir, manual_dir, clips_per_class, classifier_dir):
    """Evaluates a checkpoint of the run of a folder; see `evaluation.run.evaluate_run`."""
    import_tensorflow()
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation.run import evaluate_run

    described, frames = runs.read_data(run_dir), runs.read_config(run_dir).frames
    data = input_pipeline.load_as_trained(described, frames, data_dir, manual_dir)
    evaluate_run(run_dir, checkpoint, data, clips_per_class, data_dir, classifier_dir)


def train_classifiers(dataset, data_dir, manual_dir, classifier_dir):
    """Trains missing classifiers in a child process, and prints the scores of real clips."""
    folders = str(data_dir), manual_dir, str(classifier_dir)
    print(run_in_child_process(train_classifiers_in_folder, dataset, *folders), flush=True)


def train_classifiers_in_folder(dataset, data_dir, manual_dir, classifier_dir):
    """Trains missing classifiers; see `classification.run.train_missing`."""
    import_tensorflow()
    from sagcn_tf.classification.run import train_missing
    from sagcn_tf.data import input_pipeline

    frames = make_config(dataset).frames
    data = input_pipeline.load(dataset, data_dir, manual_dir, frames)
    return train_missing(data, frames, classifier_dir)
