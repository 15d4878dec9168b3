"""Learning rate schedule that gives way to a learning rate that is set."""

import keras
import tensorflow as tf

_NOT_SET = -1.0


@keras.saving.register_keras_serializable("sagcn_tf")
class SettableSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule until a learning rate is set, then this learning rate.

    Args:
        schedule: The schedule.
        rate: The learning rate to begin with instead. Default: none.

    Call arguments:
        step: Number of updates so far.

    Returns:
        The learning rate, a float32 scalar.
    """

    def __init__(self, schedule, rate=_NOT_SET):
        self.schedule = schedule
        # A variable, so that a step that is already traced follows it.
        self.rate = keras.Variable(rate, trainable=False, dtype="float32", name="rate")

    def __call__(self, step):
        return tf.where(self.rate.value < 0.0, self.schedule(step), self.rate.value)

    def get_config(self):
        schedule = keras.optimizers.schedules.serialize(self.schedule)
        return {"schedule": schedule, "rate": float(self.rate.numpy())}

    @classmethod
    def from_config(cls, config):
        return cls(keras.optimizers.schedules.deserialize(config["schedule"]), config["rate"])
