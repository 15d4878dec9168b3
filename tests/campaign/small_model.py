"""A model of two layers in place of SkeletonVAE, where the trainer is tried and not a network.

Importing it puts it there. To trace the recurrent networks took most of the time of every command.
"""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines import skeleton_vae
from sagcn_tf.models.motion_model import MotionModel

_NOISE, _WIDTH = 4, 8


class SmallModel(MotionModel):
    """Two layers turn noise and label into a motion like those of the batch.

    It has what a checkpoint of any system has: weights, the state of an optimizer, and random
    numbers in its steps.
    """

    sampled = ("decoder",)
    progress = results = ("VAE/loss", "VAE/gradient_norm")

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        coordinates = config.frames * skeleton.num_joints * dimensions
        self.decoder = keras.Sequential(
            [keras.layers.Dense(_WIDTH, activation="relu"), keras.layers.Dense(coordinates)]
        )
        self.decoder.build((None, num_classes + _NOISE))
        self.networks["decoder"] = self.decoder
        self.built = True

    def trained_variables(self):
        """Returns the variables of both layers."""
        return {"VAE": self.decoder.trainable_variables}

    def update(self, data):
        """Updates both layers; returns the loss and the norm of its gradient."""
        motion, label = data
        noise = self._draw(0, tf.shape(motion)[0], [_NOISE])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self._decoded(label, noise) - motion))
            total = loss / tf.distribute.get_strategy().num_replicas_in_sync
        variables = self.decoder.trainable_variables
        gradients = tape.gradient(total, variables)
        self._apply_gradients("VAE", gradients, variables)
        return {"VAE/loss": loss, "VAE/gradient_norm": tf.linalg.global_norm(gradients)}

    def _motion(self, label, seed, clips):
        return {"motion": self._decoded(label, self._row_noise(seed, [_NOISE]))}

    def _decoded(self, label, noise):
        motion = self.decoder(tf.concat([label, noise], axis=1))
        return tf.reshape(motion, [-1, *self.motion_shape])


skeleton_vae.SkeletonVAE = SmallModel
