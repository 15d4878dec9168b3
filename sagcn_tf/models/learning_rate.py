"""The learning rate over a run."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """A constant learning rate that falls linearly to 0 over the last part of a run.

    The two players of a game circle around its solution at a distance that the learning rate sets:
    to end near it, the rate has to fall.

    Args:
        learning_rate: of the first part.
        steps: of the whole run.
        decay_from: share of the steps, below 1, after which the rate falls.

    Call arguments:
        step: number of updates made so far.

    Returns:
        A float32 scalar; 0 from step `steps` on.
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
