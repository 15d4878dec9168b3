"""The predictor of the compared systems that predict codes: one code after the other."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN

LAYERS = 3
NOISE = 100  # width of the noise of each frame, where there is any


class CodePredictor(keras.Model):
    """Three LSTMs that predict the code of each frame from the code before it and the class.

    The class stands where Wichers et al. 2018 give the action of a robot. As long as codes of real
    frames are given, they are the input; from then on, its own predictions are. Each LSTM's output
    is added to its input, where widths agree, and normalised.

    Args:
        frames: T.
        num_classes: C.
        normalised: whether predictions are scaled to length 1. Default False.
        noisy: whether it takes noise. Default False.

    Call arguments:
        given: codes of the first real frames, `[batch, context, 64]`, fewer than T.
        label: `[batch, C]`.
        noise: `[batch, T - 1, 100]`; only where it is `noisy`.

    Returns:
        codes of the frames 1 to T - 1, `[batch, T - 1, 64]`.
    """

    def __init__(self, frames, num_classes, normalised=False, noisy=False, **kwargs):
        super().__init__(**kwargs)
        self.frames, self.normalised = frames, normalised
        self.drive = keras.layers.Dense(CODE + num_classes)
        self.noise_map = keras.layers.Dense(CODE + num_classes, use_bias=False) if noisy else None
        self.cells = [keras.layers.LSTMCell(HIDDEN) for _ in range(LAYERS)]
        self.norms = [keras.layers.LayerNormalization() for _ in range(LAYERS)]
        self.code = keras.layers.Dense(CODE)
        self.built = True
        noise = tf.zeros([1, frames - 1, NOISE]) if noisy else None
        self(tf.zeros([1, 1, CODE]), tf.zeros([1, num_classes]), noise)

    def call(self, given, label, noise=None):
        steps, context = self.frames - 1, given.shape[1]
        # Time first, and zeros where no code is given: [T - 1, batch, 64].
        given = tf.pad(tf.transpose(given, [1, 0, 2]), [[0, steps - context], [0, 0], [0, 0]])
        if noise is not None:
            noise = tf.transpose(self.noise_map(noise), [1, 0, 2])  # [T - 1, batch, 64 + C]
        state = tf.zeros([tf.shape(label)[0], HIDDEN])

        def step(time, code, states, codes):
            code = tf.where(time < context, given[time], code)
            driven = self.drive(tf.concat([code, label], axis=-1))
            if noise is not None:
                driven += noise[time]
            code, states = self._step(tf.nn.relu(driven), states)
            return time + 1, code, states, codes.write(time, code)

        *_, codes = tf.while_loop(
            lambda time, *_: time < steps,
            step,
            (
                tf.constant(0),
                tf.zeros_like(given[0]),
                [[state, state] for _ in range(LAYERS)],
                tf.TensorArray(tf.float32, steps, element_shape=[None, CODE]),
            ),
            maximum_iterations=steps,
        )
        return tf.ensure_shape(tf.transpose(codes.stack(), [1, 0, 2]), [None, steps, CODE])

    def _step(self, hidden, states):
        """One frame through all LSTMs; returns its code and their new states."""
        new_states = []
        for cell, norm, state in zip(self.cells, self.norms, states, strict=True):
            output, state = cell(hidden, state)
            hidden = norm(output + hidden if hidden.shape[-1] == HIDDEN else output)
            new_states.append(list(state))
        code = self.code(hidden)
        return (tf.math.l2_normalize(code, axis=-1) if self.normalised else code), new_states
