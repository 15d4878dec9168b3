"""`compile`, `fit`, `evaluate` and `predict` of all systems, as Keras users know them."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.models.configured_model import ConfiguredModel
from sagcn_tf.models.labels import one_hot_labels
from sagcn_tf.models.learning_rate import ConstantThenLinear
from sagcn_tf.models.mmd_of_model import mmd_of_model
from sagcn_tf.models.optimizer_group import OptimizerGroup
from sagcn_tf.models.scheduled_adam import ScheduledAdam


class FittableModel(ConfiguredModel):
    """Base class that gives a system the methods of `keras.Model`.

    A subclass implements `trained_variables`, `update` and `generate`. Labels are class numbers
    `[batch]` or shares of the classes `[batch, C]`, everywhere.

    * `fit` and `train_on_batch` take motion and labels; results are means over the clips of an
      epoch.
    * `evaluate` returns the same results, except the norms of gradients, plus the MMD of generated
      clips (`mmd_of_model`). It updates no weights and reads its data twice.
    * `predict` takes `(label, seed)` and returns standardized motion, as does calling the model.

    Args:
        config: The `Config` of the run.
        num_classes: Number of classes C.
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint. Default 2.
        for_training: Whether to create all networks. False creates only those that sampling needs.
            Default True.

    Attributes:
        optimizers: `{name: Keras optimizer}`, set by `compile`.
        optimizer: All of them as an `OptimizerGroup`, for callbacks.
        results: Names of the scalars that `update` returns, in any stage.
        learning: Whether `update` changes weights. False during `evaluate`, in which networks also
            run without dropout and with moving statistics.
    """

    results = ()

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, **kwargs)
        self.for_training = for_training
        self.optimizers, self.learning, self._means = {}, True, {}

    def trained_variables(self):
        """Returns `{name of an optimizer: the variables that it updates}`."""
        raise NotImplementedError

    def learning_rate_of(self, name):
        """Returns the learning rate of an optimizer, a number or a schedule."""
        config = self.config
        if config.decay_from < 1:
            return ConstantThenLinear(config.learning_rate, config.steps, config.decay_from)
        return config.learning_rate

    def update(self, data):
        """Trains for one step, or computes the same results while `learning` is False.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars.
        """
        raise NotImplementedError

    def compile(
        self,
        optimizer=None,
        loss=None,
        jit_compile="auto",
        run_eagerly=False,
        steps_per_execution=1,
        **others,
    ):
        """Creates the optimizers and their state.

        Args:
            optimizer: None (default) creates Adam with the settings of the configuration for each
                name of `trained_variables`. A Keras optimizer, or its name, is copied for each; a
                dictionary gives some or all of them by name.
            loss: Must be None, because a system has its own losses.
            jit_compile: As in Keras. "auto" (default) means XLA on a single GPU, if all layers have
                `supports_jit`, which excludes long clips (`layers.is_long`).
            run_eagerly: As in Keras. Default False.
            steps_per_execution: As in Keras. Default 1.
            **others: Other arguments of Keras; must be None.

        Raises:
            ValueError: If other arguments of Keras are given, an optimizer has an unknown name or
                several names, or the model was created with `for_training=False`.
        """
        given = {"loss": loss, **others}
        if refused := [name for name, value in given.items() if value is not None]:
            raise ValueError(
                f"compile() received {', '.join(refused)}, but {type(self).__name__} has its own "
                "losses and results. Give nothing but optimizer, jit_compile, run_eagerly and "
                "steps_per_execution"
            )
        if not self.for_training:
            raise ValueError(
                "a model that was created with for_training=False can generate, but not train: "
                "create it with for_training=True"
            )
        trained = self.trained_variables()
        optimizers = _optimizers_by_name(optimizer, list(trained))
        super().compile(
            optimizer=None,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
        )
        self.optimizers = {name: optimizers.get(name) or self._adam(name) for name in trained}
        for name, variables in trained.items():
            self.optimizers[name].build(variables)
        self.optimizer = OptimizerGroup(self.optimizers)
        self._means = {name: keras.metrics.Mean(name) for name in self.results}

    def _adam(self, name):
        betas = {"beta_1": self.config.beta_1, "beta_2": self.config.beta_2}
        return ScheduledAdam(self.learning_rate_of(name), **betas, name=name)

    def _apply_gradients(self, name, gradients, variables):
        """Updates variables, unless the model is being evaluated."""
        if self.learning:
            self.optimizers[name].apply(gradients, variables)

    @property
    def metrics(self):
        """Means over the clips of an epoch, of each of `results`."""
        return list(self._means.values())

    def train_step(self, data):
        motion, label = self._checked(data)
        return self._means_with(self.update((motion, label)), tf.shape(motion)[0])

    def test_step(self, data):
        motion, label = self._checked(data)
        self.learning = False
        try:
            results = self.update((motion, label))
        finally:
            self.learning = True
        losses = {name: value for name, value in results.items() if "gradient_norm" not in name}
        return self._means_with(losses, tf.shape(motion)[0])

    def _checked(self, data):
        """Checks a batch from Keras, and returns its motion and its label `[batch, C]`."""
        motion, label, weight = keras.utils.unpack_x_y_sample_weight(data)
        motion = tf.convert_to_tensor(motion)
        if weight is not None:
            raise ValueError(
                f"{type(self).__name__} takes no sample_weight or class_weight: its games compare "
                "whole batches. Draw the clips in proportion to their weights instead"
            )
        if label is None:
            raise ValueError("labels are missing: give motion and labels, as in fit(motion, label)")
        expected = [None, *self.motion_shape]
        if not motion.shape.is_compatible_with(expected):
            raise ValueError(
                f"motion must have the shape {tuple(expected)}: clips, frames, joints, "
                f"coordinates; received {tuple(motion.shape)}"
            )
        motion = tf.ensure_shape(tf.cast(motion, tf.float32), expected)
        label = one_hot_labels(label, self.num_classes)
        if label.shape.rank != 2:
            raise ValueError(
                f"labels must be one per clip, [batch] or [batch, {self.num_classes}], received "
                f"one per frame, {tuple(label.shape)}: discriminators take one"
            )
        return motion, label

    def _means_with(self, results, clips):
        """Adds the results of a batch to the means, and returns the means."""
        for name, value in results.items():
            self._means[name].update_state(value, sample_weight=clips)
        return {name: self._means[name].result() for name in results}

    def evaluate(self, x=None, y=None, batch_size=None, steps=None, return_dict=False, **kwargs):
        """Evaluates the model on clips: losses and MMD.

        Args:
            x: Standardized motion `[clips, T, N, D]`, or a `tf.data.Dataset` of motion and labels.
            y: Labels of the clips, unless `x` is a data set.
            batch_size: As in Keras.
            steps: As in Keras.
            return_dict: Whether to return a dictionary instead of a list of its values. Default
                False.
            **kwargs: Other arguments of `keras.Model.evaluate`.

        Returns:
            `results` except the norms of gradients, plus `mmd_avg` and `mmd_seq`.

        Raises:
            ValueError: If `x` can be read only once, or labels are missing.
        """
        batches = _batches(x, y, batch_size, steps)
        logs = super().evaluate(
            x, y, batch_size=batch_size, steps=steps, return_dict=True, **kwargs
        )
        logs = {**logs, **mmd_of_model(self, batches)}
        return logs if return_dict else list(logs.values())

    def predict_step(self, data):
        label, seed, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self(label if seed is None else (label, seed))

    def call(self, inputs):
        """Generates motion, see `generate`.

        Args:
            inputs: A pair: labels, `[batch]` or `[batch, C]`, and seeds, integers `[batch]`.

        Returns:
            Standardized motion `[batch, T, N, D]`.
        """
        if not isinstance(inputs, (tuple, list)) or len(inputs) != 2:
            raise ValueError(
                "motion is generated from labels and seeds: give both, as in "
                "predict((label, seed)), where seed holds an integer for each clip"
            )
        label, seed = inputs
        label = one_hot_labels(label, self.num_classes)
        return self.generate(label, tf.cast(tf.reshape(seed, [-1]), tf.int32))

    @property
    def motion_shape(self):
        """Shape of a clip, `(T, N, D)`."""
        return (self.config.frames, self.skeleton.num_joints, self.dimensions)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], *self.motion_shape)

    def get_config(self):
        return {**super().get_config(), "for_training": self.for_training}

    def get_compile_config(self):
        if not self.compiled:
            return None
        return {
            "optimizer": dict(self.optimizers),
            "jit_compile": self.jit_compile,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        }

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))


def _optimizers_by_name(optimizer, names):
    """Returns the optimizers that `compile` is given, by name."""
    if optimizer is None:
        return {}
    if not isinstance(optimizer, dict) or "class_name" in optimizer:
        one = keras.optimizers.get(optimizer)
        return {name: type(one).from_config({**one.get_config(), "name": name}) for name in names}
    unknown, each = optimizer.keys() - set(names), list(map(id, optimizer.values()))
    if unknown or len(set(each)) < len(each):
        raise ValueError(
            f"optimizer must be one optimizer, or a dictionary with one for each of {names}, or "
            f"for some of them, received {optimizer}"
        )
    return {name: keras.optimizers.get(one) for name, one in optimizer.items()}


def _batches(x, y, batch_size, steps):
    """Returns the batches of motion and labels that `evaluate` reads."""
    if isinstance(x, tf.data.Dataset):
        return x.take(steps or -1)
    if not hasattr(x, "shape"):
        raise ValueError(
            "evaluate reads its data twice: give arrays or a tf.data.Dataset, received "
            f"{type(x).__name__}"
        )
    if y is None:
        raise ValueError(
            "labels are missing: give motion and labels, as in evaluate(motion, label)"
        )
    clips = len(x) if steps is None else steps * (batch_size or 32)
    return [(np.asarray(x)[:clips], np.asarray(y)[:clips])]
