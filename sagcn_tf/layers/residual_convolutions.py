"""What refines the coordinates: five convolutions with the residual connections of the paper."""

import keras
import tensorflow as tf


class ResidualConvolutions(keras.layers.Layer):
    """Five convolutions with ReLU, then a linear map per node (section 3.2); of what kind is open.

    The first output is added to the third and the third to the fifth, before their activation;
    where the widths differ, through a projection without bias.

    Args:
        filters: widths of the five convolutions.
        outputs: default None, as in the paper: the D coordinates are graphs of one channel, which
            share all weights. A number: all coordinates are channels of one graph, and the linear
            map gives so many numbers per node.

    Call arguments:
        motion: `[batch, T, N, D]`, the output of the attention; or, with `outputs`, any D features
            of each node.
        pruned: `[batch, T, T]`, the pruned attention, or its `SparseRows`.

    Returns:
        motion `[batch, T, N, D]`, or `[batch, T, N, outputs]`; float32 under mixed precision.

    Raises:
        ValueError: if `filters` does not hold five widths.
    """

    def __init__(self, filters, outputs=None, **kwargs):
        # Each convolution rounds what it takes. The scores stay in float32 under mixed precision,
        # as degrees are sums of up to T of them.
        super().__init__(autocast=False, **kwargs)
        if len(filters) != 5:
            raise ValueError(f"filters must hold five widths, received {tuple(filters)}")
        self.filters, self.outputs = tuple(filters), outputs

    def make_convolution(self, filters, **kwargs):
        """A layer of features `[batch, T, N, D, C]` and `arguments_of`.

        Args:
            filters: width of its output, `[batch, T, N, D, filters]`.
            **kwargs: activation, name and dtype of the layer.
        """
        raise NotImplementedError

    def arguments_of(self, motion, pruned):
        """Keyword arguments of each convolution, besides its features. Default: none."""
        return {}

    def build(self, motion_shape, pruned_shape=None):
        if self.outputs is None:
            nodes, width = motion_shape, 1  # [batch, T, N, D] of one channel
        else:
            nodes, width = (*motion_shape[:-1], 1), motion_shape[-1]  # [batch, T, N, 1] of D
        policy = self.dtype_policy
        self.convolutions = [
            self.make_convolution(
                filters,
                activation=None if index in (3, 5) else "relu",
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
        # Coordinates are float32 also under mixed precision: bfloat16 would make joints tremble.
        self.output_projection = keras.layers.Dense(
            self.outputs or 1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((*nodes, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned):
        arguments = self.arguments_of(motion, pruned)
        axis = -1 if self.outputs is None else -2  # of one channel, or of one graph
        hidden = tf.expand_dims(motion, axis)  # [batch, T, N, D, 1] or [batch, T, N, 1, D]
        residual = None
        for number, convolution in enumerate(self.convolutions, start=1):
            hidden = convolution(hidden, **arguments)
            if number in (3, 5):
                projection = self.projections.get(str(number), tf.identity)
                hidden = tf.nn.relu(hidden + projection(residual))
            if number in (1, 3):
                residual = hidden
        return tf.squeeze(self.output_projection(hidden), axis)

    def get_config(self):
        config = super().get_config()
        config.pop("autocast", None)
        return {**config, "filters": self.filters, "outputs": self.outputs}
