"""Learning rate schedule."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """Constant learning rate that decays linearly to 0 over the last part of a run.

    The players of a game circle around its solution at a distance that depends on the learning
    rate, so the rate has to decay for them to end near it.

    Args:
        learning_rate: Learning rate of the first part.
        steps: Number of steps of the whole run.
        decay_from: Share of the steps, below 1, after which the rate decays.

    Call arguments:
        step: Number of updates so far.

    Returns:
        The learning rate, a float32 scalar; 0 from step `steps` on.
    """

    def __init__(self, learning_rate, steps, decay_from):
        self.learning_rate, self.steps, self.decay_from = learning_rate, steps, decay_from

    def __call__(self, step):
        left = (self.steps - tf.cast(step, tf.float32)) / (self.steps * (1 - self.decay_from))
        return self.learning_rate * tf.clip_by_value(left, 0.0, 1.0)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "steps": self.steps,
            "decay_from": self.decay_from,
        }
