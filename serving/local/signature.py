"""A signature of a model, and what its requests must be."""

import collections

import numpy as np

from serving.local.serving_error import invalid_argument

# Where it is in the graph, its `tensorflow.DType`, and its shape, None where any is allowed.
_Input = collections.namedtuple("_Input", "place dtype numpy_dtype shape")


class Signature:
    """A `SignatureDef` in the form that checking many requests needs.

    Args:
        definition: the `SignatureDef`.

    Attributes:
        definition: the same.
        inputs: dict of name -> input with `place` and `dtype`.
        outputs: dict of name -> place in the graph.
    """

    def __init__(self, definition):
        self.definition = definition
        self.inputs = {name: _input(definition.inputs[name]) for name in sorted(definition.inputs)}
        self.outputs = {name: definition.outputs[name].name for name in sorted(definition.outputs)}

    def check_names(self, given):
        """Refuses inputs whose names are not those of the signature.

        Raises:
            ServingError: which names the inputs that are missing and those that are too many.
        """
        if given.keys() == self.inputs.keys():
            return
        missing, extra = self.inputs.keys() - given.keys(), given.keys() - self.inputs.keys()
        if len(given) != len(self.inputs):
            raise invalid_argument(
                f"input size does not match signature: {len(given)}!={len(self.inputs)} "
                f"len({_set(given)}) != len({_set(self.inputs)}). Sent extra: {_set(extra)}. "
                f"Missing but required: {_set(missing)}."
            )
        alias = min(missing)
        raise invalid_argument(
            f"Signature input alias: {alias}(feed name: {self.inputs[alias].place}) not found in "
            "request and no default value provided. Inputs expected to be in the request "
            f"{_set(given)}, or default input alias set: "
        )

    def check_input(self, alias, array):
        """Refuses an array whose type or shape is not that of the input.

        Raises:
            ServingError: which names the input, what was expected and what came.
        """
        wanted = self.inputs[alias]
        if array.dtype != wanted.numpy_dtype:
            import tensorflow as tf

            came = type_name(tf.dtypes.as_dtype(array.dtype))
            raise invalid_argument(
                f"Type mismatch: actual {came} vs. expect {type_name(wanted.dtype)}: input {alias}"
            )
        if wanted.shape is None:
            return
        sizes = zip(array.shape, wanted.shape, strict=False)
        if array.ndim != len(wanted.shape) or any(size not in (came, None) for came, size in sizes):
            raise invalid_argument(
                f"Shape mismatch: actual {_shape(array.shape)} vs. expect "
                f"{_shape(wanted.shape)}: input {alias}"
            )

    def wanted_outputs(self, output_filter):
        """Returns the names of the outputs that a request wants: all of them if it names none.

        Raises:
            ServingError: if a name is unknown or comes twice.
        """
        for place, alias in enumerate(output_filter):
            if alias not in self.outputs:
                raise invalid_argument(
                    f"output tensor alias not found in signature: {alias} Outputs expected to be "
                    f"in the set {_set(self.outputs)}."
                )
            if alias in output_filter[:place]:
                raise invalid_argument(f"duplicate output tensor alias: {alias}")
        return list(output_filter) or list(self.outputs)


def type_name(dtype):
    """Returns the name that TensorFlow's messages have for a `tensorflow.DType`."""
    return {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def _input(info):
    import tensorflow as tf

    dtype = tf.dtypes.as_dtype(info.dtype)
    sizes = [None if one.size < 0 else one.size for one in info.tensor_shape.dim]
    shape = None if info.tensor_shape.unknown_rank else sizes
    return _Input(info.name, dtype, np.dtype(dtype.as_numpy_dtype), shape)


def _shape(sizes):
    return "[" + ",".join("?" if size is None else str(size) for size in sizes) + "]"


def _set(names):
    return "{" + ",".join(sorted(names)) + "}"
