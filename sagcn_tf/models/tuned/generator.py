"""Generator of presets `tuned` and `small`."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.conditional_network import ConditionalNetwork
from sagcn_tf.models.decaying_sum import decaying_sum
from sagcn_tf.models.frame_range import frame_range
from sagcn_tf.models.graph_refinement import GraphRefinement
from sagcn_tf.models.tuned.clip_latent import ClipLatent
from sagcn_tf.models.tuned.joints_from_bones import JointsFromBones
from sagcn_tf.models.tuned.sharp_swish import sharp_swish

# Number of last warm-up frames that also pass through the graph convolutions. Without them, the
# first frames of a clip would have no past in the graph, and would jerk.
_LEAD = 4
_ACTIVATIONS = {
    "relu": keras.activations.relu,
    "silu": keras.activations.silu,
    "swish": sharp_swish,
}


@keras.saving.register_keras_serializable("sagcn_tf")
class TunedGenerator(ConditionalNetwork):
    """Generator G(z, y) with a latent vector per clip and bone vectors as outputs.

    As in the paper, noise and class pass through a linear map and a GRU, whose outputs are summed
    over time (here, with decay); linear maps turn the sum into features of each joint; and graph
    convolutions on the pruned attention refine them. Unlike in the paper,

    * a clip has one latent vector in addition to the noise of its frames (`ClipLatent`); it scales
      the outputs of the first two linear maps, and shifts those of the first;
    * the GRU runs for `warm_up` frames before the first output, and the last four of them also pass
      through attention and graph convolutions, so that clips start in motion;
    * each joint has `joint_features` features for all coordinates together, instead of one feature
      per coordinate;
    * graph convolutions have a separate kernel for the node itself and a bias per joint, so
      that they can compute differences between a frame and its past;
    * a smooth function takes the place of ReLU (`activation`; not in ST-GC, an ablation);
    * the outputs are bone vectors, which are summed along the skeleton to joints.

    The generator is causal: frame t does not depend on the noise of later frames. The exceptions
    are the ablations `gc_type="cnn3"` and `"stgc"`, whose convolutions see later frames.

    For the arguments see `ConditionalNetwork`; `config` is of preset `tuned` or `small`.

    Call arguments:
        inputs: Noise `[batch, *noise_shape]` and label `[batch, C]`, one-hot or any point of the
            simplex (equation 8), or one such label per frame, `[batch, T, C]`.
        return_attention: Whether to return the attention as well. Default False.
        clips: Number of clips, counted from the first, to refine and return. Default: all.

    Returns:
        Standardized motion `[batch, T, N, D]`, float32. With `return_attention`, a dictionary of
        `motion`, `attention` `[batch, T, T]` and `kept`, the frame indices
        `[batch, T, top_k + 1]`. Both leave out the frames of the warm-up: the first rows of
        `attention` may sum to less than 1, and `kept` has -1 for such a frame.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), section 3
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        # Noise, the sum over time and coordinates stay in float32 under mixed precision, because
        # bfloat16 makes the joints jitter.
        super().__init__(config, num_classes, skeleton, dimensions, autocast=False, **kwargs)
        policy, dense = self.dtype_policy, keras.layers.Dense
        exact = {"dtype": self.variable_dtype}
        self.activation = _ACTIVATIONS[config.activation]
        self.lead = min(_LEAD, config.warm_up)
        self.latent = ClipLatent(config, num_classes, config.frames + config.warm_up, **exact)
        self.projection = dense(config.projection, dtype=policy)
        self.start_state = dense(config.hidden, activation="tanh", dtype=policy)
        self.rnn = keras.layers.GRU(config.hidden, return_sequences=True, dtype=policy)
        first, second = config.maps
        self.maps = [
            dense(first, dtype=policy),
            dense(second, dtype=policy),
            dense(skeleton.num_joints * config.joint_features, **exact),
        ]
        self.scales = [dense(width, use_bias=False, dtype=policy) for width in (first, second)]
        self.shift = dense(first, use_bias=False, dtype=policy)
        self.refinement = GraphRefinement(
            config,
            skeleton,
            self.lead + config.frames,
            config.joint_features,
            attention={"qk_norm": True, "alibi_slope": config.alibi_slope},
            convolutions={
                "outputs": dimensions,
                "activation": self.activation,
                "own_kernel": True,
                "joint_bias": True,
            },
            dtype=policy,
        )
        self.joints_from_bones = JointsFromBones(skeleton, dimensions, **exact)
        self._create_weights(*self.noise_shape)

    @property
    def noise_shape(self):
        """Shape of the Gaussian noise of one clip."""
        return [self.latent.size]

    def adapt(self, body):
        """Adapts the network to the `BodyStatistics` of the training data."""
        self.joints_from_bones.adapt(body)

    def call(self, inputs, return_attention=False, clips=None):
        noise, label = inputs
        warm_up = self.config.warm_up
        if len(label.shape) == 2:
            label = label[:, None]  # [batch, 1, C]
        else:  # [batch, T, C] -> [batch, R, C]
            label = tf.concat([tf.repeat(label[:, :1], warm_up, axis=1), label], axis=1)
        latent, frame_noise = self.latent(noise, label)
        hidden = self._recurrent(latent, frame_noise)
        first_refined, refined = warm_up - self.lead, self.lead + self.config.frames
        hidden = frame_range(hidden, first_refined, refined)  # [batch, lead + T, hidden]
        latent = latent[:, first_refined:] if latent.shape[1] > 1 else latent
        first, second, last = self.maps
        scale, second_scale = (1 + linear(latent) for linear in self.scales)
        hidden = self.activation(first(hidden) * scale + self.shift(latent))
        hidden = self.activation(second(hidden) * second_scale)
        outputs = self.refinement(last(hidden), return_attention=return_attention, clips=clips)
        if not return_attention:
            return self._motion(outputs)
        return {
            "motion": self._motion(outputs["motion"]),
            "attention": outputs["attention"][:, self.lead :, self.lead :],
            "kept": tf.maximum(outputs["kept"][:, self.lead :] - self.lead, -1),
        }

    def _motion(self, bones):
        """Joints `[batch, T, N, D]` from bone vectors `[batch, lead + T, N, D]`."""
        return self.joints_from_bones(frame_range(bones, self.lead, self.config.frames))

    def _recurrent(self, latent, frame_noise):
        """Sums the outputs of the GRU over time, `c_t = o_t + r c_{t-1}`, in float32.

        The sum starts as if all earlier outputs had been the GRU's initial state.
        """
        frames, decay = frame_noise.shape[1], self.config.accumulation
        every = latent if latent.shape[1] > 1 else tf.repeat(latent, frames, axis=1)
        hidden = self.projection(tf.concat([frame_noise, every], axis=-1))
        start = self.start_state(tf.concat([frame_noise[:, 0], latent[:, 0]], axis=-1))
        outputs = tf.cast(self.rnn(hidden, initial_state=start), self.variable_dtype)
        before = decay / (1 - decay) * decay ** np.arange(frames)[:, None]  # [R, 1]
        start = tf.cast(start, outputs.dtype)[:, None]
        return decaying_sum(outputs, decay) + tf.constant(before, outputs.dtype) * start
