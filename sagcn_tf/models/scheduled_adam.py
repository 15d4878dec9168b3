"""Adam with a schedule that callbacks can replace."""

import keras

from sagcn_tf.models.settable_schedule import SettableSchedule


@keras.saving.register_keras_serializable("sagcn_tf")
class ScheduledAdam(keras.optimizers.Adam):
    """Adam whose learning rate can be set even if it has a schedule.

    Keras refuses to set it, and callbacks such as `ReduceLROnPlateau` fail. Here, a learning rate
    that is set holds from then on instead of the schedule.

    Args:
        learning_rate: A number or a schedule.
        **kwargs: Arguments of `keras.optimizers.Adam`.
    """

    def __init__(self, learning_rate=0.001, **kwargs):
        schedules = keras.optimizers.schedules.LearningRateSchedule
        if isinstance(learning_rate, schedules) and not isinstance(learning_rate, SettableSchedule):
            learning_rate = SettableSchedule(learning_rate)
        super().__init__(learning_rate, **kwargs)

    @property
    def learning_rate(self):
        """The current learning rate."""
        return self._get_current_learning_rate()

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        if isinstance(self._learning_rate, SettableSchedule):
            self._learning_rate.rate.assign(learning_rate)
        else:
            keras.optimizers.Adam.learning_rate.fset(self, learning_rate)
