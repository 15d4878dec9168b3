"""SkeletonGAN: a generator of single poses, then a generator of paths through them."""

import keras
import tensorflow as tf

from sagcn_tf.models import losses
from sagcn_tf.models.baselines.pose_critic import PoseCritic
from sagcn_tf.models.baselines.pose_generator import LATENT_WIDTH, PoseGenerator
from sagcn_tf.models.baselines.sequence_critic import SequenceCritic
from sagcn_tf.models.baselines.shift_generator import NOISE_WIDTH, ShiftGenerator
from sagcn_tf.models.motion_model import MotionModel

# Kinds of random numbers in a training step, folded into their seeds.
_LATENT, _FRAMES, _MIXTURE, _START, _NOISE = range(5)
_CRITIC_UPDATES = 5  # per update of the pose generator
_POSES_PER_CLIP = 2
_GENERATOR_UPDATES = 2  # per update of the sequence discriminator
_PENALTY = 10.0
_SHIFT_WEIGHT, _SPEED_WEIGHT = 0.1, 1e-4


@keras.saving.register_keras_serializable("sagcn_tf")
class SkeletonGAN(MotionModel):
    """Two-stage GAN: single poses in stage `"pose"`, then motions in `"sequence"`.

    The first `pose_steps` steps train G0, which maps a latent vector and a class to a pose, against
    a Wasserstein critic with gradient penalty. Then G0 is frozen, and an LSTM learns the shifts of
    the latent vector from frame to frame, against a discriminator of whole motions.

    For the arguments see `MotionModel`.

    References:
        - [Cai et al., 2018](https://arxiv.org/abs/1711.08682)
        - [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), for the pose critic
    """

    sampled = ("pose_generator", "shift_generator")
    progress = ("D0/loss", "G0/loss", "D/loss", "G/loss")
    results = (
        "D0/loss",
        "D0/penalty",
        "D0/gradient_norm",
        "G0/loss",
        "G0/gradient_norm",
        "D/loss",
        "D/accuracy_real",
        "D/accuracy_fake",
        "D/gradient_norm",
        "G/loss",
        "G/loss_D",
        "G/loss_shift",
        "G/loss_speed",
        "G/gradient_norm",
    )
    _purposes = 5

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        self.stage = self.stage_at(0)
        self.pose_generator = PoseGenerator(num_classes, *self.pose_shape)
        self.shift_generator = ShiftGenerator(num_classes)
        self.networks["pose_generator"] = self.pose_generator
        self.networks["shift_generator"] = self.shift_generator
        if for_training:
            self.pose_critic = PoseCritic(num_classes, *self.pose_shape)
            self.discriminator = self._sequence_critic(1, num_classes)
            self.networks["pose_critic"] = self.pose_critic
            self.networks["discriminator"] = self.discriminator
        self.built = True

    def _sequence_critic(self, outputs, num_classes=None):
        joints, dimensions = self.pose_shape
        return SequenceCritic(self.config.frames, joints * dimensions, outputs, num_classes)

    @property
    def scored_from(self):
        # Until then, the shifts are untrained.
        return self.config.pose_steps + 1

    def stage_at(self, step):
        """Returns `"pose"` for the first `pose_steps` steps, then `"sequence"`."""
        return "pose" if step < self.config.pose_steps else "sequence"

    def trained_variables(self):
        """Returns the variables that each optimizer updates."""
        return {
            "D0": self.pose_critic.trainable_variables,
            "G0": self.pose_generator.trainable_variables,
            "D": self.discriminator.trainable_variables,
            "G": self._trained_with_shifts,
        }

    def learning_rate_of(self, name):
        """Halves the learning rates of stage `"pose"` after each quarter of the stage."""
        if name not in ("D0", "G0"):
            return super().learning_rate_of(name)
        updates = _CRITIC_UPDATES if name == "D0" else 1  # per training step
        return keras.optimizers.schedules.ExponentialDecay(
            self.config.pose_learning_rate,
            decay_steps=updates * self.config.pose_steps / 4,
            decay_rate=0.5,
            staircase=True,
        )

    def make_train_function(self, force=False):
        """Makes a function per stage, so that `fit` changes stages as the trainer does."""
        if self.train_function is not None and not force:
            return
        functions = {}

        def train(iterator):
            done = self.optimizers["G0"].iterations + self.optimizers["D"].iterations
            self.stage = self.stage_at(int(done))
            if self.stage not in functions:
                super(SkeletonGAN, self).make_train_function(force=True)
                functions[self.stage], self.train_function = self.train_function, train
            return functions[self.stage](iterator)

        self.train_function = train

    @property
    def _trained_with_shifts(self):
        """Variables that an update of the shift generator changes."""
        return self.shift_generator.trainable_variables

    def update(self, data):
        """Runs one step of the current `stage`: 5 + 1 updates for poses, 1 + 2 for sequences.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars of the last update of each network, `D0` and `G0` or `D` and
            `G`: losses and accuracies, averaged over this replica's clips, and norms of this
            replica's gradients.
        """
        return (self._pose_step if self.stage == "pose" else self._sequence_step)(*data)

    def _pose_step(self, motion, label):
        """Updates the critic five times and the pose generator once, on two poses per clip each."""
        batch, frames = tf.shape(motion)[0], self.config.frames
        # Draw before the first update, which changes the seed.
        latent = self._draw_latent(_LATENT, batch, [_CRITIC_UPDATES + 1, _POSES_PER_CLIP])
        shape = [_CRITIC_UPDATES, _POSES_PER_CLIP]
        picked = tf.cast(frames * self._draw(_FRAMES, batch, shape, normal=False), tf.int32)
        real = tf.gather(self._flat(motion), picked, batch_dims=1)  # [batch, 5, 2, N D]
        mixture = self._draw(_MIXTURE, batch, [*shape, 1], normal=False)
        results = {}
        for update in range(_CRITIC_UPDATES):
            fake = self.pose_generator((latent[:, update], label), training=self.learning)
            results |= self._update_pose_critic(real[:, update], fake, mixture[:, update], label)
        with tf.GradientTape() as tape:
            fake = self.pose_generator((latent[:, _CRITIC_UPDATES], label), training=self.learning)
            loss = -tf.reduce_mean(self.pose_critic((fake, label)))
            total = loss / _replicas()
        variables = self.pose_generator.trainable_variables
        norm = self._apply("G0", variables, tape.gradient(total, variables))
        return results | {"G0/loss": loss, "G0/gradient_norm": norm}

    def _update_pose_critic(self, real, fake, mixture, label):
        """Updates the critic on poses `[batch, 2, N D]` with the WGAN-GP loss."""
        variables = self.pose_critic.trainable_variables
        mixed = fake + mixture * (real - fake)
        with tf.GradientTape() as tape:
            values = self.pose_critic((tf.concat([real, fake], axis=1), label))
            real_values, fake_values = tf.split(values, 2, axis=1)
            with tf.GradientTape() as slope_tape:
                slope_tape.watch(mixed)
                mixed_values = self.pose_critic((mixed, label))
            slope = tf.reduce_sum(tf.square(slope_tape.gradient(mixed_values, mixed)), axis=-1)
            # The gradient of the square root is infinite at 0.
            penalty = tf.reduce_mean(tf.square(tf.sqrt(slope + 1e-12) - 1.0))
            distance = tf.reduce_mean(real_values) - tf.reduce_mean(fake_values)
            loss = _PENALTY * penalty - distance
            total = loss / _replicas()
        norm = self._apply("D0", variables, tape.gradient(total, variables))
        return {"D0/loss": loss, "D0/penalty": penalty, "D0/gradient_norm": norm}

    def _sequence_step(self, motion, label):
        """Updates the discriminator once and the shift generator twice; G0 is frozen."""
        batch, updates = tf.shape(motion)[0], 1 + _GENERATOR_UPDATES
        start = self._draw_latent(_START, batch, [updates, 1])
        noise = self._draw(_NOISE, batch, [updates, self.config.frames - 1, NOISE_WIDTH])
        real = self._flat(motion)
        results = self._update_discriminator(real, start[:, 0], noise[:, 0], label)
        for update in range(1, updates):
            results |= self._update_shifts(real, start[:, update], noise[:, update], label)
        return results

    def _update_discriminator(self, real, start, noise, label):
        fake, _ = self._walk(start, noise, label)
        variables = self.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self.discriminator.judge_both(real, fake, label)
            loss = losses.discriminator_loss(real_logits, fake_logits)
            total = loss / _replicas()
        norm = self._apply("D", variables, tape.gradient(total, variables))
        return {
            "D/loss": loss,
            "D/accuracy_real": tf.reduce_mean(tf.cast(real_logits > 0, tf.float32)),
            "D/accuracy_fake": tf.reduce_mean(tf.cast(fake_logits < 0, tf.float32)),
            "D/gradient_norm": norm,
        }

    def _update_shifts(self, real, start, noise, label):
        variables = self._trained_with_shifts
        with tf.GradientTape() as tape:
            fake, shifts = self._walk(start, noise, label)
            game_loss = losses.generator_loss(self.discriminator(fake, label))
            shift_loss = _squares_per_clip(shifts)
            speed_loss = _squares_per_clip(fake[:, 1:] - fake[:, :-1])
            class_loss, results = self._classify(real, fake, label)
            loss = game_loss + _SHIFT_WEIGHT * shift_loss + _SPEED_WEIGHT * speed_loss + class_loss
            total = loss / _replicas()
        norm = self._apply("G", variables, tape.gradient(total, variables))
        return {
            "G/loss": loss,
            "G/loss_D": game_loss,
            "G/loss_shift": _SHIFT_WEIGHT * shift_loss,
            "G/loss_speed": _SPEED_WEIGHT * speed_loss,
            "G/gradient_norm": norm,
            **results,
        }

    def _classify(self, real, fake, label):
        """Returns a classifier's term of the generator's loss, and its results; here, none."""
        return 0.0, {}

    def _walk(self, start, noise, label):
        """Returns the poses `[batch, T, N D]` of a path that starts at `start`, and its shifts."""
        shifts = self.shift_generator((noise, label))  # [batch, T - 1, 12]
        latent = tf.cumsum(tf.concat([start, shifts], axis=1), axis=1)
        return self.pose_generator((latent, label), training=False), shifts

    def _draw_latent(self, purpose, batch, shape):
        return 2.0 * self._draw(purpose, batch, [*shape, LATENT_WIDTH], normal=False) - 1.0

    def _flat(self, motion):
        """Flattens `[batch, T, N, D]` to `[batch, T, N D]`."""
        joints, dimensions = self.pose_shape
        return tf.reshape(motion, [-1, self.config.frames, joints * dimensions])

    def _apply(self, name, variables, gradients):
        """Applies the gradients and returns their norm."""
        self._apply_gradients(name, gradients, variables)
        return tf.linalg.global_norm(gradients)

    def _motion(self, label, seed, clips):
        start = 2.0 * self._row_noise(seed, [1, LATENT_WIDTH], _START, normal=False) - 1.0
        noise = self._row_noise(seed, [self.config.frames - 1, NOISE_WIDTH], _NOISE)
        poses, _ = self._walk(start, noise, label)
        return {"motion": tf.reshape(poses, [-1, self.config.frames, *self.pose_shape])}


def _squares_per_clip(sequence):
    """Returns the sum of squares per clip of `[batch, steps, F]`, averaged over the batch."""
    return tf.reduce_mean(tf.reduce_sum(tf.square(sequence), axis=[1, 2]))


def _replicas():
    """Returns the number of replicas, whose gradients are summed."""
    return tf.distribute.get_strategy().num_replicas_in_sync
