"""Latent vector of a clip and noise of its frames."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.decaying_sum import decaying_sum

_LABEL_SCALE = 3.0
_PERIODS = (8.0, 64.0)  # in frames, of the fastest and the slowest wave


class ClipLatent(keras.layers.Layer):
    """Maps Gaussian noise and a label to the latent vector of a clip and the noise of its frames.

    The latent vector holds what stays the same in a clip, such as the person and the style. It is
    computed from `clip_noise` Gaussians, the label, and one of `modes` learned vectors of the
    class, chosen uniformly. The noise of a frame consists of `frame_noise` Gaussians that are
    correlated over time (`noise_memory`) and `waves` waves of random amplitude and phase, each as
    two quadrature components. Every component is a standard Gaussian in each frame, then scaled by
    a function of the latent vector.

    Args:
        config: A `Config`, of which `clip_noise`, `modes`, `frame_noise`, `noise_memory`, `waves`
            and `latent` are used.
        num_classes: Number of classes C.
        frames: Number of frames of noise R.

    Call arguments:
        noise: Standard Gaussian noise, `[batch, size]`.
        label: `[batch, L, C]`, where L is 1, or R for one label per frame.

    Returns:
        Latent vector `[batch, L, latent + C]` and frame noise
        `[batch, R, frame_noise + 2 waves]`.

    Attributes:
        size: Number of Gaussians per clip.
    """

    def __init__(self, config, num_classes, frames, **kwargs):
        super().__init__(**kwargs)
        self.config, self.frames = config, frames
        sizes = (config.clip_noise, config.modes, frames * config.frame_noise, 2 * config.waves)
        self.sizes, self.size = sizes, sum(sizes)
        self.first = keras.layers.Dense(config.latent, dtype=self.dtype_policy)
        self.second = keras.layers.Dense(config.latent, dtype=self.dtype_policy)
        # Starts at exp(0), which leaves the frame noise unscaled.
        self.noise_scale = keras.layers.Dense(
            config.frame_noise + 2 * config.waves,
            kernel_initializer="zeros",
            dtype=self.dtype_policy,
        )
        if config.modes:
            self.modes = self.add_weight(
                name="modes",
                shape=(num_classes, config.modes * config.clip_noise),
                initializer=keras.initializers.RandomNormal(stddev=1.0),
            )
        self.built = True  # otherwise Keras traces `call` before it runs it

    def call(self, noise, label):
        of_clip, of_modes, of_frames, of_waves = tf.split(noise, self.sizes, axis=-1)
        parts = [_repeat_per_label(of_clip, label), _LABEL_SCALE * label]
        if self.config.modes:
            parts.append(self._mode(of_modes, label))
        latent = tf.nn.leaky_relu(self.first(tf.concat(parts, axis=-1)), 0.2)
        latent = tf.nn.leaky_relu(self.second(latent), 0.2)
        latent = tf.concat([latent, tf.cast(label, latent.dtype)], axis=-1)
        frame_noise = tf.concat([self._drift(of_frames), *self._waves(of_waves)], axis=-1)
        return latent, frame_noise * tf.exp(self.noise_scale(latent))

    def _mode(self, of_modes, label):
        """Returns one of the learned vectors of the class, `[batch, L, clip_noise]`.

        It is linear in the label. Each of M Gaussians is equally likely to be the largest.
        """
        count, width = self.config.modes, self.config.clip_noise
        chosen = tf.one_hot(tf.argmax(of_modes, axis=-1), count)  # [batch, M]
        of_label = tf.matmul(label, self.modes)  # [batch, L, M clip_noise]
        of_label = tf.reshape(of_label, [-1, label.shape[1], count, width])
        return tf.reduce_sum(of_label * chosen[:, None, :, None], axis=2)

    def _drift(self, noise):
        """Correlates noise over time: `[batch, R frame_noise]` to `[batch, R, frame_noise]`."""
        noise = tf.reshape(noise, [-1, self.frames, self.config.frame_noise])
        memory = self.config.noise_memory
        weights = np.full(self.frames, np.sqrt(1 - memory**2))
        weights[0] = 1.0  # frame 0 has no past that adds to its variance
        return decaying_sum(noise, memory, weights)

    def _waves(self, noise):
        """Returns `a cos wt + b sin wt` and `b cos wt - a sin wt`, each `[batch, R, waves]`."""
        if not self.config.waves:
            return []
        periods = np.geomspace(*_PERIODS, self.config.waves)
        phase = 2 * np.pi * np.arange(self.frames)[:, None] / periods
        # [R, waves]
        cosine, sine = (tf.constant(of(phase), noise.dtype) for of in (np.cos, np.sin))
        a, b = tf.split(noise[:, None], 2, axis=-1)  # [batch, 1, waves]
        return [a * cosine + b * sine, b * cosine - a * sine]


def _repeat_per_label(vector, label):
    """Repeats `[batch, V]` for each label of a clip, `[batch, L, V]`."""
    return tf.repeat(vector[:, None], label.shape[1], axis=1)
