"""Base class of all systems: how they are trained, saved and sampled."""

import tensorflow as tf

from sagcn_tf.models.fittable_model import FittableModel
from sagcn_tf.models.random_numbers import random_numbers

# Input signature of the sampling methods: one trace for all batch sizes.
_LABEL = tf.TensorSpec([None, None], tf.float32)
_SEED = tf.TensorSpec([None], tf.int32)
_ROWS_AT_ONCE = 4


class MotionModel(FittableModel):
    """Base class for systems that learn to generate motion of a class: SA-GCN and the baselines.

    A subclass creates its networks in the constructor, names the variables of each optimizer in
    `trained_variables`, and implements `update` and `_motion`. Compile it inside
    `strategy.scope()`. `fit` works on one host, see `FittableModel`; this project's trainer calls
    `strategy.run(model.update)` itself.

    All random numbers of a step are a function of `config.seed` and the step, so a resumed run
    needs no random state. They are drawn for the whole batch, and each replica takes its rows, so
    the result does not depend on the number of replicas.

    For the arguments see `FittableModel`.

    Attributes:
        networks: `{name: network}`, everything that a checkpoint holds besides the optimizers.
        sampled: Names of the networks that `generate` needs.
        stage: Name of what the next `update` trains; None in systems with one stage.
        attends: Whether the system returns attention, see `attend`.
        follows_labels: Whether the system accepts a label per frame, see `transition`.
        given_frames: Number of start frames of a clip that are not generated; 0 in most systems.
        progress: Names of the results that the progress bar shows.
    """

    attends = False
    follows_labels = False
    given_frames = 0
    sampled = ()
    progress = ()
    # Number of kinds of random numbers in a training step.
    _purposes = 4

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        self.stage, self.networks = None, {}
        self.pose_shape = (skeleton.num_joints, dimensions)

    def adapt(self, data):
        """Adapts a new model to the `MotionData` to train on. By default, does nothing."""

    def stage_at(self, step):
        """Returns the stage of a training step, counted from 0; None in systems with one stage."""
        return None

    @property
    def scored_from(self):
        """First step after which a score of the generated clips is meaningful."""
        return 1

    @property
    def sampled_weights(self):
        """Weights that `generate` needs."""
        return [weight for name in self.sampled for weight in self.networks[name].weights]

    @property
    def _clock(self):
        """Tensor that differs at each training step and seeds its random numbers."""
        return tf.add_n([optimizer.iterations for optimizer in self.optimizers.values()])

    def _draw(self, purpose, batch, shape, normal=True):
        """Draws random numbers of this step: this replica's rows of the whole batch.

        Args:
            purpose: Index of the kind of random numbers, below `_purposes`.
            batch: Number of rows of this replica.
            shape: Shape of a row.
            normal: Whether to draw from a standard Gaussian (default) or uniformly from 0 to 1.

        Returns:
            `[batch, *shape]`, float32.
        """
        context = tf.distribute.get_replica_context()
        step = tf.cast(self._clock, tf.int32)
        seed = tf.stack([tf.constant(self.config.seed, tf.int32), self._purposes * step + purpose])
        whole = random_numbers([batch * context.num_replicas_in_sync, *shape], seed, normal)
        start = tf.cast(context.replica_id_in_sync_group, tf.int32) * batch
        return whole[start : start + batch]

    def generate(self, label, seed):
        """Generates motion. Each row depends on its own label and seed only.

        Args:
            label: `[batch, C]`, one-hot or any point of the simplex (equation 8).
            seed: int32 `[batch]`.

        Returns:
            Standardized motion `[batch, T, N, D]`.
        """
        return self._generate(label, seed)["motion"]

    def attend(self, label, seed):
        """Generates motion and returns its attention; only for systems with `attends`.

        Args:
            label: See `generate`.
            seed: See `generate`.

        Returns:
            A dictionary of `motion` `[batch, T, N, D]`, `attention` `[batch, T, T]` and `kept`, the
            frame indices `[batch, T, top_k + 1]`.
        """
        return self._generate(label, seed)

    def transition(self, label_from, label_to, seed):
        """Generates motion whose label moves linearly from one label to another (equation 8).

        Only for systems with `follows_labels`.

        Args:
            label_from: Label of the first frame, `[batch, C]`.
            label_to: Label of the last frame, `[batch, C]`.
            seed: int32 `[batch]`.

        Returns:
            Standardized motion `[batch, T, N, D]`.
        """
        return self._transition(label_from, label_to, seed)["motion"]

    def attend_transition(self, label_from, label_to, seed):
        """Like `transition`, but returns what `attend` returns."""
        return self._transition(label_from, label_to, seed)

    @tf.function(input_signature=[_LABEL, _LABEL, _SEED], autograph=False)
    def _transition(self, label_from, label_to, seed):
        return self.sample(self.moving_label(label_from, label_to), seed)

    @tf.function(input_signature=[_LABEL, _SEED], autograph=False)
    def _generate(self, label, seed):
        return self.sample(label, seed)

    def sampling_graph(self):
        """Traces `generate` and returns its `tf.Graph`."""
        return self._generate.get_concrete_function().graph

    def moving_label(self, label_from, label_to):
        """Returns `(1 - s) label_from + s label_to`, `s = t / (T - 1)`, as `[batch, T, C]`."""
        share = tf.linspace(0.0, 1.0, self.config.frames)[:, None]  # [T, 1]
        return (1 - share) * label_from[:, None] + share * label_to[:, None]

    def sample(self, label, seed):
        """Generates motion without a `tf.function` of its own, for use inside one.

        The bits of a row do not depend on the batch size. Matrix products round the rows after the
        last whole block of four differently, and because pruning is not continuous, this would
        occasionally give another motion.

        Args:
            label: See `generate`; or a label per frame, `[batch, T, C]`, if the system
                `follows_labels`.
            seed: int32 `[batch]`.

        Returns:
            A dictionary of `motion` `[batch, T, N, D]` and, if the system `attends`, the other
            entries of `attend`.
        """
        batch = tf.shape(seed)[0]
        padding = -batch % _ROWS_AT_ONCE
        seed = tf.pad(seed, [[0, padding]])
        label = tf.pad(label, [[0, padding], *[[0, 0]] * (len(label.shape) - 1)])
        outputs = self._motion(label, seed, batch)
        return {name: output[:batch] for name, output in outputs.items()}

    def _motion(self, label, seed, clips):
        """Computes the outputs of `sample` for a batch that it has padded.

        Only the first `clips` rows are used; the others may be left out.
        """
        raise NotImplementedError

    @staticmethod
    def _row_noise(seed, shape, purpose=0, normal=True):
        """Draws random numbers `[batch, *shape]`; each row depends on its own seed only."""
        return tf.map_fn(
            lambda row: random_numbers(shape, tf.stack([row, purpose]), normal),
            seed,
            fn_output_signature=tf.float32,
        )
