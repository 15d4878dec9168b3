"""Base class of the blocks that refine the coordinates: five convolutions, residually connected."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import known_frames


class ResidualConvolutions(keras.layers.Layer):
    """Base class: five convolutions, then a linear map per node.

    A subclass chooses the convolution in `make_convolution`. The first output is added to the third
    and the third to the fifth, before the activation; where the widths differ, through a projection
    without bias.

    Args:
        filters: Widths of the five convolutions.
        outputs: None (default), as in the paper, makes each of the D coordinates a graph with one
            channel; these graphs share all weights. An integer makes all coordinates the channels
            of one graph, and sets the number of outputs per node.
        activation: Activation function of the convolutions. Default `"relu"`, as in the paper.

    Call arguments:
        motion: Output of the attention, `[batch, T, N, D]`. If `outputs` is given, D may be any
            number of features per node.
        pruned: Pruned attention, `[batch, T, T]` or `SparseRows`.

    Returns:
        Motion `[batch, T, N, D]`, or `[batch, T, N, outputs]`; float32 under mixed precision.

    Raises:
        ValueError: If `filters` does not hold five widths, or the number of frames is unknown.
    """

    def __init__(self, filters, outputs=None, activation="relu", **kwargs):
        # Each convolution casts its own inputs. The scores stay in float32 under mixed precision,
        # because a degree is the sum of up to T of them.
        super().__init__(autocast=False, **kwargs)
        if len(filters) != 5:
            raise ValueError(f"filters must hold five widths, received {tuple(filters)}")
        self.filters, self.outputs = tuple(filters), outputs
        self.activation = keras.activations.get(activation)

    def make_convolution(self, filters, **kwargs):
        """Creates one of the five convolutions.

        Args:
            filters: Width of its output.
            **kwargs: Activation, name and dtype of the layer.

        Returns:
            A layer that maps features `[batch, T, N, D, C]`, and keyword arguments as given by
            `convolution_arguments`, to `[batch, T, N, D, filters]`.
        """
        raise NotImplementedError

    def convolution_arguments(self, motion, pruned):
        """Returns keyword arguments for the call of each convolution; by default, none."""
        return {}

    def build(self, motion_shape, pruned_shape=None):
        if self.outputs is None:
            nodes, width = motion_shape, 1  # [batch, T, N, D] with one channel
        else:
            nodes, width = (*motion_shape[:-1], 1), motion_shape[-1]  # [batch, T, N, 1] with D
        policy = self.dtype_policy
        self.convolutions = [
            self.make_convolution(
                filters,
                activation=None if index in (3, 5) else self.activation,
                name=f"convolution_{index}",
                dtype=policy,
            )
            for index, filters in enumerate(self.filters, start=1)
        ]
        for convolution, filters in zip(self.convolutions, (width, *self.filters), strict=False):
            convolution.build((*nodes, filters))
        self.projections = {}
        for source, target in ((1, 3), (3, 5)):
            width, filters = self.filters[source - 1], self.filters[target - 1]
            if width != filters:
                projection = keras.layers.Dense(
                    filters, use_bias=False, name=f"projection_{source}_{target}", dtype=policy
                )
                projection.build((*nodes, width))
                self.projections[str(target)] = projection
        # Coordinates stay in float32 under mixed precision: bfloat16 makes the joints jitter.
        self.output_projection = keras.layers.Dense(
            self.outputs or 1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((*nodes, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned):
        known_frames(self, motion.shape[1])
        arguments = self.convolution_arguments(motion, pruned)
        axis = -1 if self.outputs is None else -2  # one channel, or one graph
        hidden = tf.expand_dims(motion, axis)  # [batch, T, N, D, 1] or [batch, T, N, 1, D]
        residual = None
        for number, convolution in enumerate(self.convolutions, start=1):
            hidden = convolution(hidden, **arguments)
            if number in (3, 5):
                projection = self.projections.get(str(number), tf.identity)
                hidden = self.activation(hidden + projection(residual))
            if number in (1, 3):
                residual = hidden
        return tf.squeeze(self.output_projection(hidden), axis)

    def compute_output_shape(self, motion_shape, pruned_shape=None):
        return (*motion_shape[:-1], self.outputs or motion_shape[-1])

    # Inferred by tracing `call`, because the outputs are float32 under mixed precision.
    compute_output_spec = keras.Operation.compute_output_spec

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "outputs": self.outputs,
            "activation": keras.activations.serialize(self.activation),
        }
