"""Base class of the generators and discriminators of SA-GCN."""

import dataclasses

import keras
import tensorflow as tf

from sagcn_tf.config import Config
from sagcn_tf.skeleton import Skeleton


class ConditionalNetwork(keras.Model):
    """Base class for networks conditioned on an action class.

    A subclass creates its layers in its constructor, which ends with `_create_weights`. Networks
    can be saved in the `.keras` format: `get_config` holds plain values only.

    Args:
        config: The `Config` of the run.
        num_classes: Number of classes C.
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint. Default 2.
        **kwargs: Keyword arguments of `keras.Model`, such as `dtype`.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(**kwargs)
        self.config, self.num_classes = config, num_classes
        self.skeleton, self.dimensions = skeleton, dimensions

    def _create_weights(self, *shape):
        """Creates the weights by a call with zeros; `shape` is that of the first input.

        Distribution strategies and checkpoints need the weights before the first training step.
        """
        self.built = True  # otherwise Keras traces `call` twice before it runs it
        self((tf.zeros([1, *shape]), tf.zeros([1, self.num_classes])))

    def get_config(self):
        fields = dataclasses.asdict(self.config)
        lists = {name: list(value) for name, value in fields.items() if isinstance(value, tuple)}
        return {
            **super().get_config(),
            "config": {**fields, **lists},
            "num_classes": self.num_classes,
            "skeleton": self.skeleton.to_metadata(),
            "dimensions": self.dimensions,
        }

    @classmethod
    def from_config(cls, config):
        fields, skeleton = Config(**config["config"]), Skeleton.from_metadata(config["skeleton"])
        return cls(**{**config, "config": fields, "skeleton": skeleton})
