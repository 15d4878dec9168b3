"""SkeletonVAE (Habibie et al. 2017): a recurrent variational autoencoder of motion."""

import tensorflow as tf

from sagcn_tf.models.baselines.motion_decoder import MotionDecoder
from sagcn_tf.models.baselines.motion_encoder import CODE_WIDTH, MotionEncoder, codes_of
from sagcn_tf.models.motion_model import MotionModel

# What a random number of a training step is for; folded into its seed. Dropouts follow.
_CODES, _FIRST_DROPOUT = range(2)
_DROPPED = 0.2
_RISE = 0.2  # share of the steps over which the weight of the divergence rises
_TELLING = 0.01  # A latent dimension with less divergence from the prior has collapsed.


class SkeletonVAE(MotionModel):
    """A motion is coded with its class; decoding random codes with a class generates one.

    Trained on the mean squared error plus `kl_weight` times the mean divergence of the codes from
    a standard Gaussian; the weight rises from 0 over the first fifth of the steps. Where codes
    tell nothing of a motion (posterior collapse), results say so: `VAE/loss_kl`, mean divergence
    of a latent dimension, falls below .01, and `VAE/telling` towards 0.

    Args:
        config: a `Config`; `kl_weight` and the fields under "Training" are used.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D, coordinates of a joint. Default 2.
        for_training: False: only the decoder, which sampling needs. Default True.
    """

    sampled = ("decoder",)
    progress = ("VAE/loss_mse", "VAE/loss_kl")

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        shape = (config.frames, num_classes, *self.pose_shape)
        self.decoder = MotionDecoder(*shape)
        self.networks["decoder"] = self.decoder
        if for_training:
            self.encoder = MotionEncoder(*shape)
            self.networks["encoder"] = self.encoder
        self.built = True

    def compile(self):
        """Creates the Adam optimizer and its state."""
        super().compile(optimizer=None)
        self.optimizers = {"VAE": self._adam(self._trained)}

    @property
    def _trained(self):
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def train_step(self, data):
        """One update of encoder and decoder.

        Args:
            data: motion `[batch, T, N, D]`, standardized, and label `[batch, C]`; this replica's
                share of the batch.

        Returns:
            A dictionary of scalars, means over this replica's clips: the loss and its two parts,
            `telling`, the share of the code's dimensions whose divergence over a clip is above
            .01, and the norm of the gradient that these clips contribute.
        """
        motion, label = data
        batch = tf.shape(motion)[0]
        noise = self._draw(_CODES, batch, [codes_of(self.config.frames), CODE_WIDTH])
        shapes = (*self.encoder.dropout_shapes, *self.decoder.dropout_shapes)
        *encoder_dropout, decoder_dropout = (
            self._dropout(_FIRST_DROPOUT + number, batch, shape)
            for number, shape in enumerate(shapes)
        )
        with tf.GradientTape() as tape:
            mean, log_variance = self.encoder((motion, label), dropout=encoder_dropout)
            codes = mean + tf.exp(0.5 * log_variance) * noise
            decoded = self.decoder((codes, label), dropout=[decoder_dropout])
            error = tf.reduce_mean(tf.square(decoded - motion))
            divergences = divergence_from_prior(mean, log_variance)
            divergence = tf.reduce_mean(divergences)
            loss = error + self._divergence_weight() * divergence
            total = loss / tf.distribute.get_strategy().num_replicas_in_sync
        gradients = tape.gradient(total, self._trained)
        self.optimizers["VAE"].apply(gradients, self._trained)
        telling = tf.reduce_mean(divergences, axis=1) > _TELLING  # [batch, 128]
        return {
            "VAE/loss": loss,
            "VAE/loss_mse": error,
            "VAE/loss_kl": divergence,
            "VAE/telling": tf.reduce_mean(tf.cast(telling, tf.float32)),
            "VAE/gradient_norm": tf.linalg.global_norm(gradients),
        }

    def _dropout(self, purpose, batch, shape):
        """Factors `[batch, *shape]` of a dropout: 0, or what keeps the mean as it was."""
        chance = self._draw(purpose, batch, shape, normal=False)
        return tf.cast(chance >= _DROPPED, tf.float32) / (1 - _DROPPED)

    def _divergence_weight(self):
        """`kl_weight`, towards which it rises linearly over the first steps."""
        step = tf.cast(self.optimizers["VAE"].iterations, tf.float32)
        return self.config.kl_weight * tf.minimum(step / (_RISE * self.config.steps), 1.0)

    def _motion(self, label, seed, clips):
        codes = self._row_noise(seed, [codes_of(self.config.frames), CODE_WIDTH])
        return {"motion": self.decoder((codes, label))}


def divergence_from_prior(mean, log_variance):
    """Kullback-Leibler divergence of Gaussians from the standard one, of each dimension alone.

    Args:
        mean: any shape.
        log_variance: the same shape, natural logarithm.

    Returns:
        The same shape, in nats; never below 0.
    """
    return 0.5 * (tf.square(mean) + tf.exp(log_variance) - log_variance - 1.0)
