"""The training loop for any number of devices and workers; stops and resumes at any step."""

import collections
import math
import pathlib
import time

import numpy as np
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.errors import UserError, short
from sagcn_tf.models.weights import DAMAGE, weights_of
from sagcn_tf.progress import progress_bar
from sagcn_tf.training.checkpoint_list import check_whole, mend_checkpoint_list
from sagcn_tf.training.stop_request import StopRequest
from sagcn_tf.training.workers import Workers


class Trainer:
    """Trains the model of a run, from its last checkpoint if there is one.

    With several workers, each has a trainer for the same run folder, and all take part in every
    step. Only the chief reports, evaluates and saves, while the others wait.

    Args:
        config: a `Config`.
        data: the `MotionData` to train on.
        run_dir: folder of the run.
        workers: the `Workers` that train. Default: a single worker with all its devices.

    Attributes:
        model: the `MotionModel`.
        step: variable, the number of completed steps.

    Raises:
        UserError: if the batch size is not a multiple of the number of devices.
    """

    def __init__(self, config, data, run_dir, workers=None):
        self.config, self.data = config, data
        self.run_dir = pathlib.Path(run_dir)
        self.workers = workers or Workers()
        self.strategy = self.workers.strategy
        if config.batch_size % self.strategy.num_replicas_in_sync:
            raise UserError(
                f"--batch_size={config.batch_size} must be a multiple of the number of devices, "
                f"{self.strategy.num_replicas_in_sync}"
            )
        # This graph optimizer orders the terms of a sum by memory address, so a resumed run would
        # round gradients differently.
        tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
        with self.strategy.scope():
            self.model = runs.new_model(config, data)
            self.model.compile()
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.best = tf.Variable(math.inf, dtype=tf.float64, trainable=False)
        networks, optimizers = self.model.networks, self.model.optimizers
        self.checkpoint = tf.train.Checkpoint(
            **{name: weights_of(network) for name, network in networks.items()},
            **{f"optimizer_{name}": optimizer for name, optimizer in optimizers.items()},
            step=self.step,
            best=self.best,
        )
        self.managers = self._managers() if self.workers.is_chief else {}
        self.reporter, self._stop, self._result_names = None, StopRequest(), {}
        self._best_is_lost = False

    def _managers(self):
        """Returns `{kind: manager}`; only the chief writes checkpoints and their lists."""
        managers = {}
        for kind, keep in (("last", 3), ("best", 1)):
            folder = str(runs.checkpoint_dir(self.run_dir, kind))
            mend_checkpoint_list(folder, list(runs.checkpoints(self.run_dir, kind).values()))
            managers[kind] = tf.train.CheckpointManager(
                self.checkpoint, folder, max_to_keep=keep, step_counter=self.step
            )
        return managers

    def restore(self) -> int:
        """Restores the newest intact checkpoint, or prepares a new run if there is none.

        If the best checkpoint is damaged or gone, `train` selects a new one from there on.

        Returns:
            The number of completed steps.

        Raises:
            UserError: if there are checkpoints, but none can be restored.
        """
        paths = runs.checkpoints(self.run_dir, "last").values()
        for path in paths:
            try:
                self.checkpoint.restore(path).assert_consumed()
            except DAMAGE as error:
                print(f"{path} cannot be restored ({short(error)})", flush=True)
                continue
            self._check_best()
            return int(self.step)
        if paths:
            raise UserError(
                f"no checkpoint in {runs.checkpoint_dir(self.run_dir, 'last')} can be restored. "
                "Choose another --run_dir to train anew"
            )
        self.model.adapt(self.data)
        return int(self.step)

    def _check_best(self):
        """Forgets the score of the best checkpoint if its weights cannot be read."""
        if not self.workers.is_chief or math.isinf(float(self.best)):
            return
        path = next(iter(runs.checkpoints(self.run_dir, "best").values()), None)
        try:
            check_whole(path)
        except DAMAGE as error:
            print(
                f"the best checkpoint, {path or 'which is gone'}, cannot be restored "
                f"({short(error)}): it is found anew from step {int(self.step)} on",
                flush=True,
            )
            self.best.assign(math.inf)
            self._best_is_lost = True

    def train(self, reporter=None) -> bool:
        """Trains up to `config.steps`, from the restored step.

        Args:
            reporter: a `Reporter`, on the chief only. Called as `reporter.step(step, results)`
                after each step, as `reporter.evaluation(step)`, which returns the MMD_seq on the
                selection clips, and as `reporter.flush()` before each checkpoint.

        Returns:
            True if finished, False if SIGTERM or Ctrl-C stopped it on any worker. A stopped run
            has saved a checkpoint, and resuming it repeats an evaluation that was cut short. Before
            the first step, there is nothing to save: a signal ends the process of a single worker.

        Raises:
            UserError: if a result or, at a checkpoint, a weight is NaN or infinity (the last good
                checkpoint is kept), or if the workers start at different steps.
        """
        self.reporter, first = reporter, int(self.step)
        self.workers.check_same(
            str(first),
            f"workers start at different steps, this one at step {first}. --run_dir={self.run_dir} "
            "must be a folder that all workers share",
        )
        total, done = self.config.steps, first
        with self._stop.handled(), progress_bar("", total, "step", initial=first) as progress:
            self._stop.ends_process = self.workers.count == 1
            self._catch_up(first)
            stopping = self.workers.any_worker(self._stop.source)
            for batch in self._batches(first):
                if done >= total or stopping:
                    break
                results = self._run_step(batch, done)
                self._stop.ends_process = False
                done += 1
                self._check_finite(results, done)
                self.step.assign(done)
                shown = {name: results.get(name) for name in self.model.progress}
                losses = [
                    f"{name} {value:.2f}" for name, value in shown.items() if value is not None
                ]
                progress.set_postfix_str(" ".join(losses), refresh=False)
                progress.update()
                if self.workers.is_chief:
                    self._report(done, results)
                stopping = self.workers.any_worker(self._stop.source)
                if self._is_due(done, self.config.checkpoint_every) or stopping:
                    self._save("last", done)
        if stopping:
            source = self._stop.source or "another worker"
            print(f"\nstopped by {source} after step {done}; the same command resumes the run")
        return done >= total and not stopping

    def seconds_per_step(self, repeats=3) -> float:
        """Measures the mean time per step over all stages of the run; changes the weights.

        Args:
            repeats: number of timed steps per stage, after one warm-up step. Default: 3.

        Returns:
            Seconds per step, a float.
        """
        total, batches = self.config.steps, iter(self._batches(0))
        stages = collections.Counter(self.model.stage_at(step) for step in range(total))
        seconds = 0.0
        for stage, count in stages.items():
            step = next(step for step in range(total) if self.model.stage_at(step) == stage)
            times = []
            for _ in range(repeats + 1):
                batch, start = next(batches), time.monotonic()
                self._run_step(batch, step)
                times.append(time.monotonic() - start)
            seconds += float(np.median(times[1:])) * count / total
        return seconds

    def _report(self, step, results):
        self.reporter.step(step, results)
        if self._evaluation_is_due(step):
            self._evaluate(step)

    def _evaluate(self, step):
        """Evaluates, and saves the weights if they are the best; returns False if cut short."""
        mmd_seq = math.inf
        if self._stop.source:
            return False  # done when the run resumes, like one that is cut short
        with self._stop.cuts_short():
            mmd_seq = self.reporter.evaluation(step)
        if mmd_seq < float(self.best):
            self.best.assign(mmd_seq)
            self._save("best", step)
        return not math.isinf(mmd_seq)

    def _catch_up(self, step):
        """Does the evaluation after the restored step, if it was cut short or its weights lost."""
        if not self.workers.is_chief or not step:
            return
        missed = self._evaluation_is_due(step) and not self.reporter.evaluated(step)
        if (missed or self._best_is_lost) and self._evaluate(step):
            self._save("last", step)

    def _evaluation_is_due(self, step):
        return step >= self.model.scored_from and self._is_due(step, self.config.evaluate_every)

    def _is_due(self, step, every):
        return step % every == 0 or step == self.config.steps

    def _batches(self, first):
        """Yields batches from a step on, each split among all replicas.

        The iterators of `tf.distribute` are not used: their thread sleeps for up to a minute before
        it ends, which would delay the end of training.
        """
        config, replicas = self.config, self.strategy.num_replicas_in_sync
        order = config.batch_size, config.seed, first, config.clips_of_class
        for batch in training_batches(self.data, config.frames, *order):
            parts = list(zip(*(tf.split(tensor, replicas) for tensor in batch), strict=True))
            yield self.strategy.experimental_distribute_values_from_function(
                lambda context, parts=parts: parts[context.replica_id_in_sync_group]
            )

    def _run_step(self, batch, step):
        """Runs one step on all replicas; returns the mean results as Python floats."""
        stage = self.model.stage_at(step)
        values = self._distributed_step(batch, stage).numpy()
        return dict(zip(self._result_names[stage], values, strict=True))

    @tf.function(autograph=False)
    def _distributed_step(self, batch, stage):
        """Runs one step on all replicas; traced once per stage, as stages differ in results."""

        def results_of(batch):
            self.model.stage = stage
            results = self.model.update(batch)
            self._result_names[stage] = list(results)
            return tf.stack(list(results.values()))

        return self.strategy.reduce("MEAN", self.strategy.run(results_of, args=(batch,)), axis=None)

    def _check_finite(self, results, step):
        broken = [name for name, value in results.items() if not np.isfinite(value)]
        if broken:
            last = next(iter(runs.checkpoints(self.run_dir, "last").values()), None)
            raise UserError(
                f"training diverged at step {step}: {', '.join(broken)} not finite. The last good "
                f"checkpoint is kept ({last or 'none yet'}). Train again in a new --run_dir with a "
                "lower --learning_rate or a higher --gradient_penalty"
            )

    def _save(self, kind, step):
        # A NaN behind a maximum, for example, need not show in a loss.
        norms = {
            f"the weights of {name}": tf.linalg.global_norm(_floats(weights_of(network)))
            for name, network in self.model.networks.items()
        }
        self._check_finite(norms, step)
        if self.workers.is_chief:
            self.reporter.flush()
            self.managers[kind].save(checkpoint_number=step)


def _floats(values):
    return [value for value in values if value.dtype.is_floating]
