"""What refines the coordinates: five convolutions with the residual connections of the paper."""

import keras
import tensorflow as tf


class ResidualConvolutions(keras.layers.Layer):
    """Five convolutions with ReLU, then a linear map per node (section 3.3); of what kind is open.

    The first output is added to the third and the third to the fifth, before their activation;
    where the widths differ, through a projection without bias. The D coordinates share all weights.

    Args:
        filters: widths of the five convolutions.

    Call arguments:
        motion: `[batch, T, N, D]`, the output of the attention.
        pruned: `[batch, T, T]`, the pruned attention, or its `SparseRows`.

    Returns:
        motion `[batch, T, N, D]`, float32 under mixed precision.

    Raises:
        ValueError: if `filters` does not hold five widths.
    """

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        if len(filters) != 5:
            raise ValueError(f"filters must hold five widths, received {tuple(filters)}")
        self.filters = tuple(filters)

    def make_convolution(self, filters, **kwargs):
        """A layer of features `[batch, N, T, D, C]` and `arguments_of`.

        Args:
            filters: width of its output, `[batch, N, T, D, filters]`.
            **kwargs: activation, name and dtype of the layer.
        """
        raise NotImplementedError

    def arguments_of(self, pruned):
        """Keyword arguments of each convolution, besides its features. Default: none."""
        return {}

    def build(self, motion_shape, pruned_shape=None):
        batch, frames, joints, dimensions = motion_shape
        policy = self.dtype_policy
        self.convolutions = [
            self.make_convolution(
                width,
                activation=None if index in (3, 5) else "relu",
                name=f"convolution_{index}",
                dtype=policy,
            )
            for index, width in enumerate(self.filters, start=1)
        ]
        shape = (batch, joints, frames, dimensions)
        for convolution, width in zip(self.convolutions, (1, *self.filters), strict=False):
            convolution.build((*shape, width))
        self.projections = {}
        for source, target in ((1, 3), (3, 5)):
            width, filters = self.filters[source - 1], self.filters[target - 1]
            if width != filters:
                projection = keras.layers.Dense(
                    filters, use_bias=False, name=f"projection_{source}_{target}", dtype=policy
                )
                projection.build((*shape, width))
                self.projections[str(target)] = projection
        # Coordinates are float32 also under mixed precision: bfloat16 would make joints tremble.
        self.output_projection = keras.layers.Dense(
            1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((*shape, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned):
        arguments = self.arguments_of(pruned)
        # [batch, T, N, D] -> [batch, N, T, D, 1]
        hidden = tf.transpose(motion, [0, 2, 1, 3])[..., None]
        residual = None
        for number, convolution in enumerate(self.convolutions, start=1):
            hidden = convolution(hidden, **arguments)
            if number in (3, 5):
                projection = self.projections.get(str(number), tf.identity)
                hidden = tf.nn.relu(hidden + projection(residual))
            if number in (1, 3):
                residual = hidden
        outputs = self.output_projection(hidden)[..., 0]  # [batch, N, T, D]
        return tf.transpose(outputs, [0, 2, 1, 3])

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}
