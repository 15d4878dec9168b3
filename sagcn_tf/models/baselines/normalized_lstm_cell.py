"""An LSTM cell with layer normalization, to stack deep."""

import keras


class NormalizedLSTMCell(keras.layers.Layer):
    """One step of an LSTM, whose output is normalized before the next layer takes it.

    Args:
        units: width.
        residual: whether the input, of the same width, is added to the output before that.
            Default False.

    Call arguments:
        inputs: `[batch, F]`.
        states: the two states of a `keras.layers.LSTMCell`, `[batch, units]` each.

    Returns:
        output `[batch, units]` and the two new states.
    """

    def __init__(self, units, residual=False, **kwargs):
        super().__init__(**kwargs)
        self.units, self.residual = units, residual
        self.cell = keras.layers.LSTMCell(units)
        self.norm = keras.layers.LayerNormalization()
        self.state_size, self.output_size = self.cell.state_size, self.cell.output_size

    def build(self, input_shape):
        self.cell.build(input_shape)
        self.norm.build((None, self.units))

    def call(self, inputs, states):
        output, states = self.cell(inputs, states)
        return self.norm(output + inputs if self.residual else output), states
