"""The generator of SA-GCN: noise and a class become a motion."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers import (
    FullGraphConvolution,
    MaskedSelfAttention,
    PlainConvolutions,
    SAGraphConvolution,
    SparseRows,
    STGraphConvolutions,
    TopKPruning,
    is_long,
)
from sagcn_tf.models.decaying_sum import decaying_sum


class Generator(keras.Model):
    """G(z, y), section 3 of the paper: RNN, accumulation, masked attention, pruned graph, SA-GC.

    Noise and the embedded class of each frame pass a linear map and a GRU; its outputs are summed
    over time, three linear maps turn the sum into joint coordinates, and attention over the frames
    gives the graph on which five graph convolutions refine them. All of it is causal: frame t does
    not depend on the noise of later frames.

    Args:
        config: a `Config`; the fields under "Generator" are used.
        num_classes: C.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        dimensions: D, coordinates of a joint. Default 2.
        center: index of the joint at the middle of the body, for ST-GC. Default 0.

    Call arguments:
        inputs: noise `[batch, T, noise_dim]` and label `[batch, C]`, one-hot or any point of the
            simplex (equation 8), or one such label for each frame, `[batch, T, C]`.
        return_attention: default False.
        clips: how many clips of the batch, the first ones, are refined and returned. Default: all.

    Returns:
        motion `[batch, T, N, D]`, standardised, float32. With `return_attention`, a dictionary of
        `motion`, `attention` `[batch, T, T]` and `kept` `[batch, T, top_k + 1]`, frame numbers.
    """

    def __init__(self, config, num_classes, adjacency, dimensions=2, center=0, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.joints, self.dimensions = len(np.asarray(adjacency)), dimensions
        policy = self.dtype_policy
        dense = keras.layers.Dense
        # The sum over time, the coordinates and the attention stay in float32 under mixed
        # precision: rounding them to bfloat16 would make the joints tremble.
        exact = {"dtype": self.variable_dtype}
        self.label_embedding = dense(config.label_embedding, dtype=policy)
        self.projection = dense(config.projection, dtype=policy)
        if config.start_state:
            self.start_state = dense(config.hidden, activation="tanh", dtype=policy)
        self.rnn = keras.layers.GRU(config.hidden, return_sequences=True, dtype=policy)
        self.maps = [
            dense(config.maps[0], activation="relu", **exact),
            dense(config.maps[1], activation="relu", dtype=policy),
            dense(self.joints * dimensions, **exact),
        ]
        self.attention = MaskedSelfAttention(
            config.attention_residual,
            config.normalise_attention,
            config.distance_penalty,
            **exact,
        )
        self.pruning = TopKPruning(config.top_k, **exact)
        self.graph_convolution = _graph_convolution(config, adjacency, center, policy)
        self._build(config, num_classes)

    def _build(self, config, num_classes):
        """Creates the weights by one call on zeros, so that they exist before any training."""
        noise = tf.zeros([1, config.frames, config.noise_dim])
        # Without weights, and not called for a long clip: Keras would warn that it is not built.
        self.pruning.build((1, config.frames, config.frames))
        # Keras would else trace `call` twice before it runs it.
        self.built = True
        self((noise, tf.zeros([1, num_classes])))

    def call(self, inputs, return_attention=False, clips=None):
        noise, label = inputs
        frames = self.config.frames
        if self.config.noise_memory:
            noise = self._correlate(noise)
        embedded = self.label_embedding(label)  # [batch, label_embedding], or of each frame
        hidden = self.projection(tf.concat([noise, _every_frame(embedded, frames)], axis=-1))
        hidden = self._accumulate(hidden, noise, embedded)  # [batch, T, hidden]
        if self.config.relabel:
            label = tf.cast(label, hidden.dtype)
            hidden = tf.concat([hidden, _every_frame(label, frames)], axis=-1)
        for linear in self.maps:
            hidden = linear(hidden)
        return self.refine(hidden, return_attention, clips)

    def refine(self, hidden, return_attention=False, clips=None):
        """Attention, pruning and graph convolutions (sections 3.2 and 3.3) on joint coordinates.

        The attention of a long clip is pruned as it is computed. Its rows are only held whole, in
        memory that grows with T^2, where `return_attention` asks for them.

        Args:
            hidden: `[batch, T, N D]`.
            return_attention: default False.
            clips: default all. The convolutions take most of the time and, other than what comes
                before, round a clip alike in a batch of any size: rows that only fill up a batch
                end here.

        Returns:
            As a call of the generator.
        """
        frames, top_k = hidden.shape[1], self.config.top_k
        if is_long(frames, top_k):
            attended, pruned = self.attention(hidden, top_k=top_k)
            pruned = SparseRows(*(rows[:clips] for rows in pruned))
        else:
            attended, attention = self.attention(hidden)  # [batch, T, N D], [batch, T, T]
            attention = attention[:clips]
            pruned = self.pruning(attention)
        attended = attended[:clips]
        motion = tf.reshape(attended, [-1, frames, self.joints, self.dimensions])
        motion = self.graph_convolution(motion, pruned)  # [batch, T, N, D]
        if not return_attention:
            return motion
        if is_long(frames, top_k):
            return {
                "motion": motion,
                "attention": self.attention(hidden)[1][:clips],
                "kept": pruned.columns,
            }
        kept = self.pruning.kept_frames(attention)
        return {"motion": motion, "attention": attention, "kept": kept}

    def _correlate(self, noise):
        """Noise that drifts from frame to frame, each frame still a standard Gaussian.

        The generator can follow it smoothly; independent noise makes it tremble, or it learns to
        ignore noise and stands still.
        """
        memory = self.config.noise_memory
        weights = np.full(self.config.frames, np.sqrt(1 - memory**2))
        weights[0] = 1  # frame 0 has no past to share its variance with
        return decaying_sum(noise, memory, weights)

    def _accumulate(self, hidden, noise, embedded):
        """The outputs of the RNN, summed over time (`c_t = o_t + r c_{t-1}`), in float32.

        With `start_state` the sum starts as if the RNN had given its start state for ever, so that
        the first frame differs from clip to clip as much as later ones do.
        """
        share, start = self.config.accumulation, None
        if self.config.start_state:
            first = embedded if len(embedded.shape) == 2 else embedded[:, 0]
            start = self.start_state(tf.concat([noise[:, 0], first], axis=-1))
        outputs = tf.cast(self.rnn(hidden, initial_state=start), self.variable_dtype)
        summed = decaying_sum(outputs, share)  # [batch, T, hidden]
        if start is None:
            return summed
        limit = 1 / (1 - share) if share < 1 else 1.0  # of a sum of ones
        shares = float(share) ** np.arange(self.config.frames)[:, None]  # [T, 1]
        before = tf.constant(share * limit * shares, outputs.dtype)
        return summed + before * tf.cast(start, outputs.dtype)[:, None]


def _graph_convolution(config, adjacency, center, policy):
    """What refines the coordinates: motion and pruned attention -> motion."""
    filters = config.filters
    if config.gc_type == "full":
        return FullGraphConvolution(adjacency, filters, dtype=policy)
    if config.gc_type in ("cnn", "cnn3"):
        kernel_size = 1 if config.gc_type == "cnn" else 3
        return PlainConvolutions(filters, kernel_size, dtype=policy)
    if config.gc_type == "stgc":
        return STGraphConvolutions(filters, adjacency, center, dtype=policy)
    return SAGraphConvolution(adjacency, filters, dtype=policy)


def _every_frame(vector, frames):
    """`[batch, C]` -> `[batch, T, C]`, the same in each frame; `[batch, T, C]` stays."""
    return vector if len(vector.shape) == 3 else tf.repeat(vector[:, None], frames, axis=1)
