"""Generator of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.decaying_sum import decaying_sum
from sagcn_tf.models.graph_refinement import GraphRefinement


@keras.saving.register_keras_serializable("sagcn_tf")
class Generator(ConditionalNetwork):
    """Generator G(z, y): RNN, accumulation, masked self-attention, pruned graph, SA-GC.

    Noise and class embedding of each frame pass through a linear map and a GRU, whose outputs are
    summed over time. Three linear maps turn the sum into joint coordinates, and attention over the
    frames gives the graph on which five graph convolutions refine them. The generator is causal:
    frame t does not depend on the noise of later frames. The exceptions are the ablations
    `gc_type="cnn3"` and `"stgc"`, whose convolutions see later frames.

    For the arguments see `ConditionalNetwork`; `config` is of preset `paper` or `authors`.

    Call arguments:
        inputs: Noise `[batch, T, noise_dim]` and label `[batch, C]`, one-hot or any point of the
            simplex (equation 8), or one such label per frame, `[batch, T, C]`.
        return_attention: Whether to return the attention as well. Default False.
        clips: Number of clips, counted from the first, to refine and return. Default: all.

    Returns:
        Standardized motion `[batch, T, N, D]`, float32. With `return_attention`, a dictionary of
        `motion`, `attention` `[batch, T, T]` and `kept`, the frame indices
        `[batch, T, top_k + 1]`.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), section 3
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, **kwargs)
        policy, dense = self.dtype_policy, keras.layers.Dense
        # The sum over time and the coordinates stay in float32 under mixed precision, because
        # bfloat16 makes the joints jitter.
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
        """Shape of the Gaussian noise of one clip."""
        return [self.config.frames, self.config.noise_dim]

    def call(self, inputs, return_attention=False, clips=None):
        noise, label = inputs
        embedded = self._in_every_frame(self.label_embedding(label))
        hidden = self.rnn(self.projection(tf.concat([noise, embedded], axis=-1)))
        hidden = decaying_sum(tf.cast(hidden, self.variable_dtype), 1.0)  # c_t = o_t + c_{t-1}
        if self.config.label_after_sum:
            label = tf.cast(self._in_every_frame(label), hidden.dtype)
            hidden = tf.concat([hidden, label], axis=-1)
        for linear in self.maps:
            hidden = linear(hidden)
        return self.refinement(hidden, return_attention=return_attention, clips=clips)

    def _in_every_frame(self, vectors):
        """Repeats vectors `[batch, width]` in every frame; `[batch, T, width]` stays as it is."""
        if len(vectors.shape) == 3:
            return vectors
        return tf.repeat(vectors[:, None], self.config.frames, axis=1)
