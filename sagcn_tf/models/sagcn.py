"""SA-GCN: the generator and its two discriminators, and the step that trains them."""

import keras
import tensorflow as tf

from sagcn_tf import losses
from sagcn_tf.learning_rate import ConstantThenLinear
from sagcn_tf.models.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.generator import Generator
from sagcn_tf.models.sequence_discriminator import SequenceDiscriminator

# What a random number of a training step is for; folded into its seed.
_NOISE, _REAL_FRAMES, _FAKE_FRAMES = range(3)
# What the sampling methods take: any batch size in one trace.
_LABEL = tf.TensorSpec([None, None], tf.float32)
_SEED = tf.TensorSpec([None], tf.int32)
_ROWS_AT_ONCE = 4


class SAGCN(keras.Model):
    """Structure-Aware Human-Action Generation: two conditional games played at once (equation 1).

    Everything random in a step is a function of `config.seed` and the number of the step, so a
    resumed run needs no random state, and is drawn for the whole batch, of which each replica
    takes its rows, so the result does not depend on the number of replicas.

    Create and `compile` it inside `strategy.scope()`. `fit` works on one host; the trainer of
    this project calls `strategy.run(model.train_step)` itself.

    Args:
        config: a `Config`.
        num_classes: C.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        dimensions: D, coordinates of a joint. Default 2.
        players: default True. False: only what is sampled, without the networks that are trained.
    """

    def __init__(self, config, num_classes, adjacency, dimensions=2, players=True, **kwargs):
        super().__init__(**kwargs)
        self.config, self.num_classes = config, num_classes
        if players:
            policy = "mixed_bfloat16" if config.mixed_precision else "float32"
            shape = (num_classes, len(adjacency), dimensions)
            self.generator = Generator(config, num_classes, adjacency, dimensions, dtype=policy)
            self.sequence_discriminator = SequenceDiscriminator(config, *shape, dtype=policy)
            self.frame_discriminator = FrameDiscriminator(config, *shape, dtype=policy)
        # What is sampled: always float32, whatever the training computes in.
        self.average_generator = Generator(
            config, num_classes, adjacency, dimensions, dtype="float32", trainable=False
        )
        if players:
            self.average_generator.set_weights(self.generator.get_weights())
        self.built = True

    def compile(self):
        """Creates the three Adam optimizers and their state."""
        super().compile(optimizer=None)
        self.optimizers = {
            "G": self._optimizer(self.generator),
            "D_V": self._optimizer(self.sequence_discriminator),
            "D_F": self._optimizer(self.frame_discriminator),
        }

    def _optimizer(self, network):
        config, rate = self.config, self.config.learning_rate
        if config.decay_from < 1:
            rate = ConstantThenLinear(rate, config.steps, config.decay_from)
        optimizer = keras.optimizers.Adam(rate, config.beta_1, config.beta_2)
        optimizer.build(network.trainable_variables)
        return optimizer

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
        noise = self._draw(_NOISE, motion, [self.config.frames, self.config.noise_dim])
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

    def _draw(self, purpose, motion, shape, normal=True):
        """Random numbers `[batch, *shape]` of this step: this replica's rows of the whole batch."""
        context = tf.distribute.get_replica_context()
        batch = tf.shape(motion)[0]
        step = tf.cast(self.optimizers["G"].iterations, tf.int32)
        seed = tf.stack([tf.constant(self.config.seed, tf.int32), 4 * step + purpose])
        draw = tf.random.stateless_normal if normal else tf.random.stateless_uniform
        whole = draw([batch * context.num_replicas_in_sync, *shape], seed, alg="philox")
        start = tf.cast(context.replica_id_in_sync_group, tf.int32) * batch
        return whole[start : start + batch]

    def _pick(self, purpose):
        """A function that picks `k_frame` random frames of each clip, without replacement."""

        def pick(motion):
            frames, joints, dimensions = motion.shape[1:]
            chance = self._draw(purpose, motion, [frames], normal=False)
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

    def generate(self, label, seed):
        """Motions of the averaged generator; a row depends on its own label and seed alone.

        Args:
            label: `[batch, C]`, one-hot or any point of the simplex (equation 8).
            seed: int32 `[batch]`.

        Returns:
            motion `[batch, T, N, D]`, standardised.
        """
        return self._generate(label, seed)["motion"]

    def attend(self, label, seed):
        """As `generate`, with `attention` `[batch, T, T]` and `kept` `[batch, T, top_k + 1]`."""
        return self._generate(label, seed)

    @tf.function(input_signature=[_LABEL, _LABEL, _SEED])
    def transition(self, label_from, label_to, seed):
        """As `generate`, while the mixture of equation 8 moves from one label to the other.

        Args:
            label_from: `[batch, C]`, the label of the first frame.
            label_to: `[batch, C]`, the label of the last frame.
            seed: int32 `[batch]`.

        Returns:
            motion `[batch, T, N, D]`, standardised.
        """
        return self.sample(self.moving_label(label_from, label_to), seed)["motion"]

    @tf.function(input_signature=[_LABEL, _SEED])
    def _generate(self, label, seed):
        return self.sample(label, seed)

    def moving_label(self, label_from, label_to):
        """`[batch, T, C]`: in frame t `(1 - s) label_from + s label_to`, `s = t / (T - 1)`."""
        share = tf.linspace(0.0, 1.0, self.config.frames)[:, None]  # [T, 1]
        return (1 - share) * label_from[:, None] + share * label_to[:, None]

    def sample(self, label, seed):
        """What `attend` gives, also for a label of each frame, `[batch, T, C]`; not traced.

        The bits of a row do not depend on the size of the batch. Matrix products round the rows
        beyond the last whole block of four differently, and as pruning is not continuous, that
        would now and then become another motion.
        """
        batch = tf.shape(seed)[0]
        beyond = -batch % _ROWS_AT_ONCE
        seed = tf.pad(seed, [[0, beyond]])
        label = tf.pad(label, [[0, beyond], *[[0, 0]] * (len(label.shape) - 1)])
        shape = [self.config.frames, self.config.noise_dim]
        noise = tf.map_fn(
            lambda row: tf.random.stateless_normal(shape, tf.stack([row, 0]), alg="philox"),
            seed,
            fn_output_signature=tf.float32,
        )
        outputs = self.average_generator((noise, label), return_attention=True)
        return {name: output[:batch] for name, output in outputs.items()}


def _share(condition):
    """The share of true entries."""
    return tf.reduce_mean(tf.cast(condition, tf.float32))
