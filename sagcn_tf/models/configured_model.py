"""Base class of the models that a configuration and a skeleton describe."""

import dataclasses

import keras

from sagcn_tf.config import Config
from sagcn_tf.skeleton import Skeleton


class ConfiguredModel(keras.Model):
    """Base class for models that are made from a `Config` and a skeleton.

    They can be saved in the `.keras` format: `get_config` holds plain values only.

    Args:
        config: The `Config` of the run.
        num_classes: Number of classes C.
        skeleton: The `Skeleton` of N joints.
        dimensions: Number of coordinates D per joint. Default 2.
        **kwargs: Keyword arguments of `keras.Model`, such as `name`.
    """

    def __init__(self, config, num_classes, skeleton, dimensions=2, **kwargs):
        super().__init__(**kwargs)
        self.config, self.num_classes = config, num_classes
        self.skeleton, self.dimensions = skeleton, dimensions

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
