"""What every system has in common: how it is trained, saved and sampled."""

import keras
import tensorflow as tf

from sagcn_tf.models.learning_rate import ConstantThenLinear

# What the sampling methods take: any batch size in one trace.
_LABEL = tf.TensorSpec([None, None], tf.float32)
_SEED = tf.TensorSpec([None], tf.int32)
_ROWS_AT_ONCE = 4


class MotionModel(keras.Model):
    """A system that learns to generate motion of a class, SA-GCN or one that it is compared with.

    A system creates its networks when it is created, its optimizers in `compile`, and gives
    `train_step` and `_motion`. It is compiled inside `strategy.scope()`; `fit` works on one host;
    the trainer of this project calls `strategy.run(model.train_step)` itself.

    Everything random in a step is a function of `config.seed` and the number of the step, so a
    resumed run needs no random state, and is drawn for the whole batch, of which each replica
    takes its rows, so the result does not depend on the number of replicas.

    Args:
        config: a `Config`.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D, coordinates of a joint. Default 2.
        for_training: False: only the networks that sampling needs. Default True.

    Attributes:
        networks: `{name: network}`, all that a checkpoint holds beside the optimizers.
        sampled: names of the networks that `generate` needs.
        optimizers: `{name: keras optimizer}`, of `compile`.
        stage: what the next `train_step` does, a name; None in systems of one stage.
        attends: whether it gives attention, see `attend`.
        follows_labels: whether it takes a label for each frame, see `transition`.
        given_frames: how many real frames a generated clip begins with; 0 in most systems.
        progress: names of the results that the progress bar shows.
    """

    attends = False
    follows_labels = False
    given_frames = 0
    sampled = ()
    progress = ()
    # Numbers of kinds of random numbers that a step draws are below this.
    _purposes = 4

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(**kwargs)
        self.config, self.num_classes, self.stage = config, num_classes, None
        self.pose_shape = (skeleton.num_joints, dimensions)
        self.networks, self.optimizers = {}, {}

    def adapt(self, data):
        """What a new run takes from its `MotionData` beside batches; by default nothing."""

    def stage_at(self, step):
        """The stage of a training step, counted from 0; None in systems of one stage."""
        return None

    @property
    def scored_from(self):
        """The first step after which what is generated tells how good the system is."""
        return 1

    @property
    def sampled_weights(self):
        """The weights that `generate` needs."""
        return [weight for name in self.sampled for weight in self.networks[name].weights]

    def _adam(self, variables, learning_rate=None):
        """An Adam optimizer with its state; `learning_rate` defaults to the configured one."""
        config, rate = self.config, learning_rate or self.config.learning_rate
        if config.decay_from < 1 and not callable(rate):
            rate = ConstantThenLinear(rate, config.steps, config.decay_from)
        optimizer = keras.optimizers.Adam(rate, config.beta_1, config.beta_2)
        optimizer.build(variables)
        return optimizer

    @property
    def _clock(self):
        """A tensor that is another one at each training step: the seed of what the step draws."""
        return tf.add_n([optimizer.iterations for optimizer in self.optimizers.values()])

    def _draw(self, purpose, batch, shape, normal=True):
        """Random numbers `[batch, *shape]` of this step: this replica's rows of the whole batch.

        Args:
            purpose: number of what they are for, below `_purposes`.
            batch: how many rows this replica has.
            shape: of a row.
            normal: standard Gaussian (the default), or uniform from 0 to 1.
        """
        context = tf.distribute.get_replica_context()
        step = tf.cast(self._clock, tf.int32)
        seed = tf.stack([tf.constant(self.config.seed, tf.int32), self._purposes * step + purpose])
        draw = tf.random.stateless_normal if normal else tf.random.stateless_uniform
        whole = draw([batch * context.num_replicas_in_sync, *shape], seed, alg="philox")
        start = tf.cast(context.replica_id_in_sync_group, tf.int32) * batch
        return whole[start : start + batch]

    def generate(self, label, seed):
        """Motions; a row depends on its own label and seed alone.

        Args:
            label: `[batch, C]`, one-hot or any point of the simplex (equation 8).
            seed: int32 `[batch]`.

        Returns:
            motion `[batch, T, N, D]`, standardized.
        """
        return self._generate(label, seed)["motion"]

    def attend(self, label, seed):
        """As `generate`, with `attention` `[batch, T, T]` and `kept` `[batch, T, top_k + 1]`.

        Only of systems with `attends`.
        """
        return self._generate(label, seed)

    @tf.function(input_signature=[_LABEL, _LABEL, _SEED])
    def transition(self, label_from, label_to, seed):
        """As `generate`, while the mixture of equation 8 moves from one label to the other.

        Only of systems with `follows_labels`.

        Args:
            label_from: `[batch, C]`, the label of the first frame.
            label_to: `[batch, C]`, the label of the last frame.
            seed: int32 `[batch]`.

        Returns:
            motion `[batch, T, N, D]`, standardized.
        """
        return self.sample(self.moving_label(label_from, label_to), seed)["motion"]

    @tf.function(input_signature=[_LABEL, _SEED])
    def _generate(self, label, seed):
        return self.sample(label, seed)

    def moving_label(self, label_from, label_to):
        """`[batch, T, C]`: in frame t `(1 - s) label_from + s label_to`, `s = t / (T - 1)`."""
        share = tf.linspace(0.0, 1.0, self.config.frames)[:, None]  # [T, 1]
        return (1 - share) * label_from[:, None] + share * label_to[:, None]

    def sample(self, label, seed):
        """A dictionary with `motion`, and what else the system gives of a clip; not traced.

        The label may be one of each frame, `[batch, T, C]`, where the system `follows_labels`.

        The bits of a row do not depend on the size of the batch. Matrix products round the rows
        beyond the last whole block of four differently, and as pruning is not continuous, that
        would now and then become another motion.
        """
        batch = tf.shape(seed)[0]
        beyond = -batch % _ROWS_AT_ONCE
        seed = tf.pad(seed, [[0, beyond]])
        label = tf.pad(label, [[0, beyond], *[[0, 0]] * (len(label.shape) - 1)])
        outputs = self._motion(label, seed, batch)
        return {name: output[:batch] for name, output in outputs.items()}

    def _motion(self, label, seed, clips):
        """What `sample` gives, without its care for the size of the batch.

        Only the first `clips` rows are wanted: what follows may be there or not.
        """
        raise NotImplementedError

    @staticmethod
    def _row_noise(seed, shape, purpose=0, normal=True):
        """Random numbers `[batch, *shape]`, a row of which depends on its own seed alone."""
        draw = tf.random.stateless_normal if normal else tf.random.stateless_uniform
        return tf.map_fn(
            lambda row: draw(shape, tf.stack([row, purpose]), alg="philox"),
            seed,
            fn_output_signature=tf.float32,
        )
