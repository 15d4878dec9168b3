"""Base class of the generators and discriminators of SA-GCN."""

import tensorflow as tf

from sagcn_tf.models.configured_model import ConfiguredModel


class ConditionalNetwork(ConfiguredModel):
    """Base class for networks conditioned on an action class.

    A subclass creates its layers in its constructor, which ends with `_create_weights`.

    For the arguments see `ConfiguredModel`.
    """

    def _create_weights(self, *shape):
        """Creates the weights by a call with zeros; `shape` is that of one row of the first input.

        Distribution strategies and checkpoints need the weights before the first training step.
        """
        self.built = True  # otherwise Keras traces `call` twice before it runs it
        self((tf.zeros([1, *shape]), tf.zeros([1, self.num_classes])))
