"""SA-GCN: the generator and its two discriminators, and the step that trains them."""

import tensorflow as tf

from sagcn_tf import losses
from sagcn_tf.models.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.generator import Generator
from sagcn_tf.models.motion_model import MotionModel
from sagcn_tf.models.sequence_discriminator import SequenceDiscriminator

# What a random number of a training step is for; folded into its seed.
_NOISE, _REAL_FRAMES, _FAKE_FRAMES = range(3)


class SAGCN(MotionModel):
    """Structure-Aware Human-Action Generation: two conditional games played at once (equation 1).

    Args:
        config: a `Config`.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D, coordinates of a joint. Default 2.
        players: default True. False: only what is sampled, without the networks that are trained.
    """

    attends = True
    follows_labels = True
    sampled = ("average_generator",)
    progress = ("G/loss_D_V", "G/loss_D_F")

    def __init__(self, config, num_classes, skeleton, dimensions=2, players=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, players, **kwargs)
        of_body = num_classes, skeleton.adjacency(), dimensions, skeleton.center
        if players:
            policy = "mixed_bfloat16" if config.mixed_precision else "float32"
            shape = (num_classes, *self.pose_shape)
            self.generator = Generator(config, *of_body, dtype=policy)
            self.sequence_discriminator = SequenceDiscriminator(config, *shape, dtype=policy)
            self.frame_discriminator = FrameDiscriminator(config, *shape, dtype=policy)
        # What is sampled: always float32, whatever the training computes in.
        self.average_generator = Generator(config, *of_body, dtype="float32", trainable=False)
        self.networks["average_generator"] = self.average_generator
        if players:
            self.average_generator.set_weights(self.generator.get_weights())
            self.networks["generator"] = self.generator
            self.networks["sequence_discriminator"] = self.sequence_discriminator
            self.networks["frame_discriminator"] = self.frame_discriminator
        self.built = True

    def compile(self):
        """Creates the three Adam optimizers and their state."""
        super().compile(optimizer=None)
        self.optimizers = {
            "G": self._adam(self.generator.trainable_variables),
            "D_V": self._adam(self.sequence_discriminator.trainable_variables),
            "D_F": self._adam(self.frame_discriminator.trainable_variables),
        }

    @property
    def _clock(self):
        return self.optimizers["G"].iterations

    def train_step(self, data):
        """One update of all three networks from the same fake batch.

        Args:
            data: motion `[batch, T, N, D]`, standardised, and label `[batch, C]`; this replica's
                share of the batch.

        Returns:
            A dictionary of scalars of `G`, `D_V` and `D_F`: losses and accuracies, means over this
            replica's clips, and norms of the gradients that these clips contribute.
        """
        motion, label = data
        noise = self._draw(_NOISE, tf.shape(motion)[0], [self.config.frames, self.config.noise_dim])
        with tf.GradientTape() as tape:
            fake = self.generator((noise, label), training=True)
        results, fake_gradients = {}, []
        for name, network, frames in (
            ("D_V", self.sequence_discriminator, (tf.identity, tf.identity)),
            ("D_F", self.frame_discriminator, (self._pick(_REAL_FRAMES), self._pick(_FAKE_FRAMES))),
        ):
            played = self._play(name, network, frames, motion, fake, label)
            results.update(played[0])
            fake_gradients.append(played[1])
        gradients = tape.gradient(
            fake, self.generator.trainable_variables, output_gradients=sum(fake_gradients)
        )
        self._apply("G", self.generator, gradients, results)
        self._update_average()
        return results

    def _play(self, name, network, pick, motion, fake, label):
        """One game: updates its discriminator; returns results and d (G's loss) / d fake."""
        config, replicas = self.config, tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(fake)
            real_logits, penalty = self._judge(network, pick[0](motion), label)
            fake_logits, fake_penalty = self._judge(
                network, pick[1](fake), label, penalised=config.loss == "relativistic"
            )
            penalty += fake_penalty
            loss, generator_loss = self._game_losses(real_logits, fake_logits)
            total = (loss + config.gradient_penalty * penalty) / replicas
            generator_total = generator_loss / replicas
        # The relativistic loss leaves the zero of the logits open: the other side's mean stands in.
        alone = config.loss == "logistic"
        real_rival, fake_rival = (
            (0.0, 0.0) if alone else map(tf.reduce_mean, (fake_logits, real_logits))
        )
        results = {
            f"{name}/loss": loss,
            f"{name}/accuracy_real": _share(real_logits > real_rival),
            f"{name}/accuracy_fake": _share(fake_logits < fake_rival),
            f"G/loss_{name}": generator_loss,
        }
        if config.gradient_penalty:
            results[f"{name}/penalty"] = penalty
        fake_gradient = tape.gradient(generator_total, fake)
        gradients = tape.gradient(total, network.trainable_variables)
        self._apply(name, network, gradients, results)
        return results, fake_gradient

    def _game_losses(self, real_logits, fake_logits):
        """The discriminator's and the generator's loss of one game."""
        if self.config.loss == "relativistic":
            return losses.relativistic_losses(real_logits, fake_logits)
        loss = losses.discriminator_loss(real_logits, fake_logits, self.config.real_target)
        return loss, losses.generator_loss(fake_logits)

    def _judge(self, network, clips, label, penalised=True):
        """Logits of clips, and the penalty on their gradient (0 where it is off)."""
        if not (penalised and self.config.gradient_penalty):
            return network((clips, label), training=True), 0.0
        with tf.GradientTape() as tape:
            tape.watch(clips)
            logits = network((clips, label), training=True)
            total = tf.reduce_sum(logits)
        return logits, losses.gradient_penalty(tape.gradient(total, clips))

    def _apply(self, name, network, gradients, results):
        results[f"{name}/gradient_norm"] = tf.linalg.global_norm(gradients)
        self.optimizers[name].apply(gradients, network.trainable_variables)

    def _pick(self, purpose):
        """A function that picks `k_frame` random frames of each clip, without replacement."""

        def pick(motion):
            frames, joints, dimensions = motion.shape[1:]
            chance = self._draw(purpose, tf.shape(motion)[0], [frames], normal=False)
            picked = tf.math.top_k(chance, self.config.k_frame).indices  # [batch, k_frame]
            # A product with one-hot rows rather than a gather, whose gradient is a scatter.
            selection = tf.one_hot(picked, frames, dtype=motion.dtype)  # [batch, k_frame, T]
            picked = tf.matmul(selection, tf.reshape(motion, [-1, frames, joints * dimensions]))
            return tf.reshape(picked, [-1, self.config.k_frame, joints, dimensions])

        return pick

    def _update_average(self):
        """Moves the averaged generator towards the trained one, on every replica alike.

        Early on it moves faster than `config.average` says, or it would hold the untrained weights
        for long: the share of the new weights at step t is at least 9 / (10 + t).
        """
        step = tf.cast(self.optimizers["G"].iterations, tf.float32)
        share = tf.maximum(1.0 - self.config.average, 9.0 / (10.0 + step))

        def update(strategy, averages, weights):
            for average, weight in zip(averages, weights, strict=True):
                strategy.extended.update(
                    average, lambda a, w: a.assign_add(share * (w - a)), args=(weight,)
                )

        tf.distribute.get_replica_context().merge_call(
            update,
            args=(
                [variable.value for variable in self.average_generator.weights],
                [variable.value for variable in self.generator.weights],
            ),
        )

    def _motion(self, label, seed, clips):
        noise = self._row_noise(seed, [self.config.frames, self.config.noise_dim])
        return self.average_generator((noise, label), return_attention=True, clips=clips)


def _share(condition):
    """The share of true entries."""
    return tf.reduce_mean(tf.cast(condition, tf.float32))
