"""LSTM cell with layer normalization."""

import keras


class NormalizedLSTMCell(keras.layers.Layer):
    """LSTM cell with layer normalization of its output, for deep stacks.

    Args:
        units: Number of units.
        residual: Whether to add the input, of the same width, to the output before normalization.
            Default False.

    Call arguments:
        inputs: `[batch, F]`.
        states: The two states of a `keras.layers.LSTMCell`, `[batch, units]` each.

    Returns:
        Output `[batch, units]` and the two new states.
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
