"""The generator of the paper: noise and a class become a motion."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.decaying_sum import decaying_sum
from sagcn_tf.models.graph_refinement import GraphRefinement


@keras.saving.register_keras_serializable("sagcn_tf")
class Generator(ConditionalNetwork):
    """G(z, y), section 3 of the paper: RNN, accumulation, masked attention, pruned graph, SA-GC.

    Noise and the embedded class of each frame pass a linear map and a GRU. Its outputs are summed
    over time, three linear maps turn the sum into joint coordinates, and attention over the frames
    gives the graph on which five graph convolutions refine them. All of it is causal: frame t does
    not depend on the noise of later frames. (But where `gc_type` is `cnn3` or `stgc`: their
    convolutions see some frames to come.)

    Args:
        config: a `Config` of preset `paper`; the fields under "Generator of the paper" are used.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D, coordinates of a joint. Default 2.

    Call arguments:
        inputs: noise `[batch, T, noise_dim]` and label `[batch, C]`, one-hot or any point of the
            simplex (equation 8), or one such label for each frame, `[batch, T, C]`.
        return_attention: default False.
        clips: number of clips, from the first, to refine and return. Default: all.

    Returns:
        motion `[batch, T, N, D]`, standardized, float32. With `return_attention`, a dictionary of
        `motion`, `attention` `[batch, T, T]` and `kept` `[batch, T, top_k + 1]`, frame numbers.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, **kwargs)
        policy, dense = self.dtype_policy, keras.layers.Dense
        # The sum over time and the coordinates stay in float32 under mixed precision: bfloat16
        # makes the joints tremble.
        exact = {"dtype": self.variable_dtype}
        self.label_embedding = dense(config.label_embedding, dtype=policy)
        self.projection = dense(config.projection, dtype=policy)
        self.rnn = keras.layers.GRU(config.hidden, return_sequences=True, dtype=policy)
        self.maps = [
            dense(config.maps[0], activation="relu", **exact),
            dense(config.maps[1], activation="relu", dtype=policy),
            dense(skeleton.num_joints * dimensions, **exact),
        ]
        self.refinement = GraphRefinement(
            config,
            skeleton,
            config.frames,
            dimensions,
            attention={"residual": config.attention_residual},
            dtype=policy,
        )
        self._create_weights(*self.noise_shape)

    @property
    def noise_shape(self):
        """Shape of the standard Gaussian noise of one clip."""
        return [self.config.frames, self.config.noise_dim]

    def call(self, inputs, return_attention=False, clips=None):
        noise, label = inputs
        embedded = self.label_embedding(label)  # [batch, label_embedding], or one for each frame
        if len(embedded.shape) == 2:
            embedded = tf.repeat(embedded[:, None], self.config.frames, axis=1)
        hidden = self.rnn(self.projection(tf.concat([noise, embedded], axis=-1)))
        hidden = decaying_sum(tf.cast(hidden, self.variable_dtype), 1.0)  # c_t = o_t + c_{t-1}
        for linear in self.maps:
            hidden = linear(hidden)
        return self.refinement(hidden, return_attention=return_attention, clips=clips)
