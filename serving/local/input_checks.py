"""Whether the inputs of a request are those of a signature."""

from serving.local.serving_error import invalid_argument


def check_names(given, signature):
    """Refuses inputs whose names are not those of the signature.

    Raises:
        ServingError: which names the inputs that are missing and those that are too many.
    """
    given, wanted = set(given), set(signature.inputs)
    if len(given) != len(wanted):
        raise invalid_argument(
            f"input size does not match signature: {len(given)}!={len(wanted)} "
            f"len({set_of_names(given)}) != len({set_of_names(wanted)}). "
            f"Sent extra: {set_of_names(given - wanted)}. "
            f"Missing but required: {set_of_names(wanted - given)}."
        )
    for alias in sorted(wanted - given):
        raise invalid_argument(
            f"Signature input alias: {alias}(feed name: {signature.inputs[alias].name}) not found "
            "in request and no default value provided. Inputs expected to be in the request "
            f"{set_of_names(given)}, or default input alias set: "
        )


def check_input(alias, array, info):
    """Refuses an array whose type or shape is not that of the signature's input.

    Raises:
        ServingError: which names the input, what was expected and what came.
    """
    import tensorflow as tf

    wanted = tf.dtypes.as_dtype(info.dtype)
    came = tf.dtypes.as_dtype(array.dtype)
    if came != wanted:
        raise invalid_argument(
            f"Type mismatch: actual {type_name(came)} vs. expect {type_name(wanted)}: input {alias}"
        )
    shape = tf.TensorShape(info.tensor_shape)
    if not shape.is_compatible_with(array.shape):
        raise invalid_argument(
            f"Shape mismatch: actual {list(array.shape)} vs. expect {shape}: input {alias}"
        )


def type_name(dtype):
    """Returns the name that TensorFlow's messages have for a `tensorflow.DType`."""
    return {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def set_of_names(names):
    """Returns names as TensorFlow Serving writes them: {a,b}."""
    return "{" + ",".join(sorted(names)) + "}"
