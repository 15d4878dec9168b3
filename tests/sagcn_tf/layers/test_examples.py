"""The examples in the docstrings of the layers run and print what they say."""

import doctest
import importlib
import pkgutil

import numpy as np
import tensorflow as tf

from sagcn_tf import layers

MODULES = [
    importlib.import_module(f"sagcn_tf.layers.{module.name}")
    for module in pkgutil.iter_modules(layers.__path__)
]


def test_examples_of_all_layers():
    names = {"np": np, "tf": tf, **{name: getattr(layers, name) for name in layers.__all__}}
    results = {
        module.__name__: doctest.testmod(module, extraglobs=names, report=True)
        for module in MODULES
    }
    assert sum(result.attempted for result in results.values()) >= 10
    assert not {name: result for name, result in results.items() if result.failed}
