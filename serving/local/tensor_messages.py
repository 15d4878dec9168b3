"""The tensors of requests and answers, in TensorFlow's messages."""

import math

from serving.local.serving_error import invalid_argument
from serving.tensors import is_known, read_array, write_array

# A shape of a few bytes can ask for any amount of memory, as one value may stand for all.
_MOST_VALUES = 2**26


def read_tensors(messages, signature):
    """Returns name -> array of a request's tensors.

    Args:
        messages: mapping of name -> `TensorProto`.
        signature: `Signature` whose inputs they should be.

    Raises:
        ServingError: if the names are not those of the signature, or a tensor is damaged.
    """
    signature.check_names(messages)
    return {name: _read_tensor(name, messages[name]) for name in signature.inputs}


def write_tensor(array, message):
    """Writes an array into an empty `TensorProto`."""
    try:
        write_array(array, message)
    except KeyError:  # a type that no export of this project has
        import tensorflow as tf

        message.CopyFrom(tf.make_tensor_proto(array))


def _read_tensor(name, message):
    try:
        shape = [dimension.size for dimension in message.tensor_shape.dim]
        if message.tensor_shape.unknown_rank or min(shape, default=0) < 0:
            raise ValueError("its shape is not known")
        if math.prod(shape) > _MOST_VALUES:
            raise ValueError(f"it has more than {_MOST_VALUES} values")
        if is_known(message):
            return read_array(message)
        import tensorflow as tf

        return tf.make_ndarray(message)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise invalid_argument(f"tensor parsing error: {name}: {error}") from error
