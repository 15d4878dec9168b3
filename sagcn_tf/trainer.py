"""The training loop: one for any number of devices, that can be stopped and resumed at any step."""

import contextlib
import math
import pathlib
import signal
import sys

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.input_pipeline import training_batches


class Trainer:
    """Trains the model of a run folder, from its last checkpoint where there is one.

    Args:
        config: a `Config`.
        data: the `MotionData` to train on.
        run_dir: the folder of the run.
        reporter: called as `reporter.step(step, results)` after each step and as
            `reporter.evaluation(step, model)` -> MMD_seq on the selection clips.
        strategy: a `tf.distribute.Strategy`; default `MirroredStrategy` over all devices.
    """

    def __init__(self, config, data, run_dir, reporter, strategy=None):
        self.config, self.data, self.reporter = config, data, reporter
        self.run_dir = pathlib.Path(run_dir)
        self.strategy = strategy or tf.distribute.MirroredStrategy()
        if config.batch_size % self.strategy.num_replicas_in_sync:
            raise UserError(
                f"batch_size {config.batch_size} must be a multiple of the number of devices, "
                f"{self.strategy.num_replicas_in_sync}"
            )
        with self.strategy.scope():
            self.model = runs.new_model(config, data)
            self.model.compile()
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.best = tf.Variable(math.inf, dtype=tf.float64, trainable=False)
        self.checkpoint = tf.train.Checkpoint(
            generator=runs.weights_of(self.model.generator),
            average_generator=runs.weights_of(self.model.average_generator),
            sequence_discriminator=runs.weights_of(self.model.sequence_discriminator),
            frame_discriminator=runs.weights_of(self.model.frame_discriminator),
            generator_optimizer=self.model.optimizers["G"],
            sequence_optimizer=self.model.optimizers["D_V"],
            frame_optimizer=self.model.optimizers["D_F"],
            step=self.step,
            best=self.best,
        )
        self.managers = {
            kind: tf.train.CheckpointManager(
                self.checkpoint,
                str(runs.checkpoint_dir(run_dir, kind)),
                max_to_keep=keep,
                step_counter=self.step,
            )
            for kind, keep in (("last", 3), ("best", 1))
        }
        self._stop = None

    def restore(self) -> int:
        """Continues from the newest checkpoint, if any; returns the number of steps done."""
        latest = self.managers["last"].latest_checkpoint
        if latest:
            self.checkpoint.restore(latest).assert_consumed()
        return int(self.step)

    def train(self) -> bool:
        """Trains up to `config.steps`.

        Returns:
            True when finished, False when SIGTERM or Ctrl-C stopped it (a checkpoint is saved).

        Raises:
            UserError: at a NaN or infinity, naming it; the last good checkpoint is kept.
        """
        first = self.restore()
        total, done = self.config.steps, first
        with _signals(self._request_stop), _progress(first, total) as progress:
            for batch in self._batches(first):
                if done >= total or self._stop:
                    break
                results = self._run_step(batch)
                done += 1
                self._refuse_non_finite(results, done)
                self.step.assign(done)
                self.reporter.step(done, results)
                losses = f"G {results['G/loss_D_V']:.2f}/{results['G/loss_D_F']:.2f}"
                progress.set_postfix_str(losses, refresh=False)
                progress.update()
                if done % self.config.evaluate_every == 0 or done == total:
                    self._evaluate(done)
                if done % self.config.checkpoint_every == 0 or done == total or self._stop:
                    self._save("last", done)
        if self._stop:
            print(f"\nstopped by {self._stop} after step {done}; the same command resumes it")
        return done >= total

    def _batches(self, first):
        config = self.config
        dataset = training_batches(self.data, config.frames, config.batch_size, config.seed, first)
        return self.strategy.experimental_distribute_dataset(dataset)

    def _run_step(self, batch):
        """One step on all replicas; results as Python numbers, means over the replicas."""
        names, values = self._distributed_step(batch)
        return dict(zip([name.decode() for name in names.numpy()], values.numpy(), strict=True))

    @tf.function
    def _distributed_step(self, batch):
        results = self.strategy.run(self.model.train_step, args=(batch,))
        means = [self.strategy.reduce("MEAN", results[name], axis=None) for name in results]
        return tf.constant(list(results)), tf.stack(means)

    def _refuse_non_finite(self, results, step):
        broken = [name for name, value in results.items() if not np.isfinite(value)]
        if broken:
            last = self.managers["last"].latest_checkpoint
            raise UserError(
                f"training diverged at step {step}: {', '.join(broken)} not finite. The last good "
                f"checkpoint is kept ({last or 'none yet'}); resume from it with a lower "
                f"--learning_rate or a higher --gradient_penalty in a new --run_dir"
            )

    def _evaluate(self, step):
        mmd_seq = self.reporter.evaluation(step, self.model)
        if mmd_seq < float(self.best):
            self.best.assign(mmd_seq)
            self._save("best", step)

    def _save(self, kind, step):
        self.reporter.flush()
        self.managers[kind].save(checkpoint_number=step)

    def _request_stop(self, number, _):
        if self._stop:
            raise KeyboardInterrupt
        self._stop = signal.Signals(number).name


@contextlib.contextmanager
def _signals(handler):
    """SIGTERM and Ctrl-C call `handler` inside the block; the old handlers come back after it."""
    old = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, previous in old.items():
            signal.signal(number, previous)


def _progress(first, total):
    """A progress bar with the time left; where nobody watches, a line now and then."""
    interval = 0.5 if sys.stderr.isatty() else 30
    return tqdm(initial=first, total=total, unit="step", mininterval=interval, dynamic_ncols=True)
