"""SkeletonVAE: a recurrent variational autoencoder of motion."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.motion_decoder import MotionDecoder
from sagcn_tf.models.baselines.motion_encoder import CODE_WIDTH, MotionEncoder, codes_of
from sagcn_tf.models.motion_model import MotionModel

# Kinds of random numbers in a training step, folded into their seeds; the other masks follow.
_CODES, _FIRST_DROPOUT = range(2)
_DROPPED = 0.2
_WARM_UP = 0.2  # share of the steps in which the weight of the divergence rises
_COLLAPSED = 0.01  # a latent dimension with less divergence from the prior has collapsed


@keras.saving.register_keras_serializable("sagcn_tf")
class SkeletonVAE(MotionModel):
    """Conditional variational autoencoder of whole motions (Habibie et al., 2017).

    Decoding random codes with a class generates a motion. The loss is the mean squared error plus
    `kl_weight` times the mean divergence of the codes from a standard Gaussian; the weight rises
    from 0 over the first fifth of the steps. Results reveal posterior collapse: `VAE/loss_kl`, the
    mean divergence per latent dimension, falls below .01, and `VAE/telling` approaches 0.

    For the arguments see `MotionModel`.
    """

    sampled = ("decoder",)
    progress = ("VAE/loss_mse", "VAE/loss_kl")
    results = ("VAE/loss", "VAE/loss_mse", "VAE/loss_kl", "VAE/telling", "VAE/gradient_norm")

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        shape = (config.frames, num_classes, *self.pose_shape)
        self.decoder = MotionDecoder(*shape)
        self.networks["decoder"] = self.decoder
        if for_training:
            self.encoder = MotionEncoder(*shape)
            self.networks["encoder"] = self.encoder
        self.built = True

    def trained_variables(self):
        """Returns the variables of encoder and decoder."""
        return {"VAE": self._trained}

    @property
    def _trained(self):
        return self.encoder.trainable_variables + self.decoder.trainable_variables

    def update(self, data):
        """Updates encoder and decoder.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars, averaged over this replica's clips: the loss and its two parts;
            `VAE/telling`, the share of active latent dimensions, whose mean divergence over a clip
            is above .01; and the norm of this replica's gradient.
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
        self._apply_gradients("VAE", gradients, self._trained)
        telling = tf.reduce_mean(divergences, axis=1) > _COLLAPSED  # [batch, 128]
        return {
            "VAE/loss": loss,
            "VAE/loss_mse": error,
            "VAE/loss_kl": divergence,
            "VAE/telling": tf.reduce_mean(tf.cast(telling, tf.float32)),
            "VAE/gradient_norm": tf.linalg.global_norm(gradients),
        }

    def _dropout(self, purpose, batch, shape):
        """Draws a dropout mask `[batch, *shape]`: 0, or the factor that preserves the mean.

        While `learning` is False, the mask is 1 everywhere.
        """
        if not self.learning:
            return tf.ones([batch, *shape])
        chance = self._draw(purpose, batch, shape, normal=False)
        return tf.cast(chance >= _DROPPED, tf.float32) / (1 - _DROPPED)

    def _divergence_weight(self):
        """Returns the weight of the divergence, which rises linearly to `kl_weight`."""
        step = tf.cast(self.optimizers["VAE"].iterations, tf.float32)
        return self.config.kl_weight * tf.minimum(step / (_WARM_UP * self.config.steps), 1.0)

    def _motion(self, label, seed, clips):
        codes = self._row_noise(seed, [codes_of(self.config.frames), CODE_WIDTH])
        return {"motion": self.decoder((codes, label))}


def divergence_from_prior(mean, log_variance):
    """Computes the Kullback-Leibler divergence of Gaussians from the standard one, per dimension.

    Args:
        mean: Tensor of any shape.
        log_variance: Natural logarithm of the variance, of the same shape.

    Returns:
        Divergences of the same shape, in nats, 0 or more.
    """
    return 0.5 * (tf.square(mean) + tf.exp(log_variance) - log_variance - 1.0)
