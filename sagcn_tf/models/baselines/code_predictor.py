"""Predictor of E2E, EPVA and adv-EPVA: one code after the other."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.normalized_lstm_cell import NormalizedLSTMCell
from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN

LAYERS = 3


class CodePredictor(keras.Model):
    """Three LSTMs that predict the code of each frame from the code before it and the class.

    The class takes the place of a robot's action in the original. The input is the code of a real
    frame as long as one is given, and afterwards the previous prediction. The output of each LSTM
    but the first is added to its input, and all outputs are normalized.

    Args:
        frames: Number of frames T per clip.
        num_classes: Number of classes C.
        normalized: Whether to scale predictions to length 1. Default False.
        noise: Width of the noise per frame. Default 0: no noise.

    Call arguments:
        given: Codes of the first real frames, `[batch, context, 64]`, fewer than T.
        label: `[batch, C]`.
        noise: `[batch, T - 1, noise]`.

    Returns:
        Codes of frames 1 to T - 1, `[batch, T - 1, 64]`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
    """

    def __init__(self, frames, num_classes, normalized=False, noise=0, **kwargs):
        super().__init__(**kwargs)
        self.frames, self.normalized = frames, normalized
        self.drive = keras.layers.Dense(CODE + num_classes, activation="relu")
        self.cells = [NormalizedLSTMCell(HIDDEN, residual=number > 0) for number in range(LAYERS)]
        self.code = keras.layers.Dense(CODE)
        self.built = True
        noise = tf.zeros([1, frames - 1, noise])
        self(tf.zeros([1, 1, CODE]), tf.zeros([1, num_classes]), noise)

    def call(self, given, label, noise):
        steps, context = self.frames - 1, given.shape[1]
        # Time-major, with zeros where no code is given: [T - 1, batch, 64].
        given = tf.pad(tf.transpose(given, [1, 0, 2]), [[0, steps - context], [0, 0], [0, 0]])
        label = tf.repeat(label[None], steps, axis=0)  # [T - 1, batch, C]
        beside = tf.concat([label, tf.transpose(noise, [1, 0, 2])], axis=-1)
        state = tf.zeros([tf.shape(given)[1], HIDDEN])

        def step(time, code, states, codes):
            code = tf.where(time < context, given[time], code)
            code, states = self._step(tf.concat([code, beside[time]], axis=-1), states)
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

    def _step(self, inputs, states):
        """Predicts one frame; returns its code and the new states of the LSTMs."""
        hidden, new_states = self.drive(inputs), []
        for cell, state in zip(self.cells, states, strict=True):
            hidden, state = cell(hidden, state)
            new_states.append(list(state))
        code = self.code(hidden)
        return (tf.math.l2_normalize(code, axis=-1) if self.normalized else code), new_states
