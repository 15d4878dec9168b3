"""SA-GCN: a generator, two discriminators, and the training step."""

import math

import tensorflow as tf

from sagcn_tf.models.motion_model import MotionModel

# Kinds of random numbers in a training step, folded into their seeds.
_NOISE, _REAL_FRAMES, _FAKE_FRAMES = range(3)


class SAGCN(MotionModel):
    """Base class of Structure-Aware Human-Action Generation: two conditional games at once.

    The generator plays against D_V, which judges whole clips, and against D_F, which judges random
    frames of them. One fake batch trains all three networks, and sampling uses an exponential
    moving average of the generator. A subclass sets the classes of its networks and implements
    `_discriminator_step`.

    For the arguments see `MotionModel`.

    Attributes:
        generator_class: Class of the generator, a `ConditionalNetwork` like the other two.
        sequence_discriminator_class: Class of D_V.
        frame_discriminator_class: Class of D_F.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
    """

    attends = True
    follows_labels = True
    sampled = ("average_generator",)
    progress = ("G/loss_D_V", "G/loss_D_F")
    results = (
        "D_V/loss",
        "D_V/accuracy_real",
        "D_V/accuracy_fake",
        "G/loss_D_V",
        "D_V/gradient_norm",
        "D_F/loss",
        "D_F/accuracy_real",
        "D_F/accuracy_fake",
        "G/loss_D_F",
        "D_F/gradient_norm",
        "G/gradient_norm",
    )
    generator_class = sequence_discriminator_class = frame_discriminator_class = None

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        of_body = config, num_classes, skeleton, dimensions
        if for_training:
            policy = "mixed_bfloat16" if config.mixed_precision else "float32"
            self.generator = self.generator_class(*of_body, dtype=policy)
            self.sequence_discriminator = self.sequence_discriminator_class(*of_body, dtype=policy)
            self.frame_discriminator = self.frame_discriminator_class(*of_body, dtype=policy)
        # Sampling always computes in float32, even after training with mixed precision.
        self.average_generator = self.generator_class(*of_body, dtype="float32")
        # Not in the constructor, which would leave the variables of its layers trainable.
        self.average_generator.trainable = False
        self.networks["average_generator"] = self.average_generator
        if for_training:
            self.average_generator.set_weights(self.generator.get_weights())
            self.networks["generator"] = self.generator
            self.networks["sequence_discriminator"] = self.sequence_discriminator
            self.networks["frame_discriminator"] = self.frame_discriminator
        self.built = True

    def trained_variables(self):
        """Returns the variables of the generator, of D_V and of D_F."""
        return {
            "G": self.generator.trainable_variables,
            "D_V": self.sequence_discriminator.trainable_variables,
            "D_F": self.frame_discriminator.trainable_variables,
        }

    @property
    def _clock(self):
        return self.optimizers["G"].iterations

    def update(self, data):
        """Updates all three networks with the same fake batch.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars of `G`, `D_V` and `D_F`: losses and accuracies, averaged over
            this replica's clips, and norms of this replica's gradients.
        """
        motion, label = data
        batch = tf.shape(motion)[0]
        noise = self._draw(_NOISE, batch, self.generator.noise_shape)
        with tf.GradientTape() as tape:
            fake = self.generator((noise, label), training=self.learning)
        results, of_clips = self._discriminator_step(
            "D_V", self.sequence_discriminator, motion, fake, label
        )
        real_frames, fake_frames = (
            self._frame_selection(purpose, batch) for purpose in (_REAL_FRAMES, _FAKE_FRAMES)
        )
        frame_results, of_frames = self._discriminator_step(
            "D_F",
            self.frame_discriminator,
            _product(real_frames, motion),
            _product(fake_frames, fake),
            label,
        )
        results.update(frame_results)
        gradients = tape.gradient(
            fake,
            self.generator.trainable_variables,
            output_gradients=of_clips + _product(fake_frames, of_frames, transposed=True),
        )
        self._apply("G", self.generator, gradients, results)
        if self.learning:
            self._update_average()
        return results

    def _discriminator_step(self, name, network, real, fake, label):
        """Updates one discriminator and computes the generator's gradient in the same game.

        Args:
            name: `"D_V"` or `"D_F"`.
            network: The discriminator.
            real: Its view of the real clips, `[batch, T or k_frame, N, D]`.
            fake: Its view of the fake clips, of the same shape.
            label: `[batch, C]`.

        Returns:
            A dictionary of results, and the gradient of the generator's loss with respect to
            `fake`, divided by the number of replicas.
        """
        raise NotImplementedError

    def _apply(self, name, network, gradients, results):
        results[f"{name}/gradient_norm"] = tf.linalg.global_norm(gradients)
        self._apply_gradients(name, gradients, network.trainable_variables)

    def _frame_selection(self, purpose, batch):
        """Selects `k_frame` random frames per clip without replacement: one-hot `[batch, k, T]`.

        A product with one-hot rows replaces a gather, whose gradient is a scatter.
        """
        frames = self.config.frames
        chance = self._draw(purpose, batch, [frames], normal=False)
        return tf.one_hot(tf.math.top_k(chance, self.config.k_frame).indices, frames)

    def _update_average(self):
        """Updates the exponential moving average of the generator on every replica.

        The share of the new weights at step t is at least 9 / (10 + t). With `config.ema_decay`
        alone, the untrained weights would stay in the average for a long time.
        """
        step = tf.cast(self.optimizers["G"].iterations, tf.float32)
        share = tf.maximum(1.0 - self.config.ema_decay, 9.0 / (10.0 + step))

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
        # Matrix products round a single clip, and the rows after the last whole block of four,
        # differently. Add clips until the frames fill whole blocks; `sample` pads to four clips.
        clips += -clips % max(2, 4 // math.gcd(self.config.frames, 4))
        noise = self._row_noise(seed, self.average_generator.noise_shape)
        return self.average_generator((noise, label), return_attention=True, clips=clips)


def share_of(condition):
    """Returns the share of true entries, a float32 scalar."""
    return tf.reduce_mean(tf.cast(condition, tf.float32))


def _product(selection, clips, transposed=False):
    """Multiplies `[batch, k, T]`, or its transpose, by `[batch, T, N, D]` or `[batch, k, N, D]`."""
    _, frames, joints, dimensions = clips.shape
    flat = tf.reshape(clips, [-1, frames, joints * dimensions])
    flat = tf.matmul(selection, flat, transpose_a=transposed)
    return tf.reshape(flat, [-1, flat.shape[1], joints, dimensions])
