"""`TensorProto` messages from and to arrays."""

import math

import numpy as np

from serving.local.input_checks import check_names
from serving.local.serving_error import invalid_argument

# A shape of a few bytes can ask for any amount of memory, as one value may stand for all.
_LARGEST_BYTES = 2**28


def read_tensors(messages, signature):
    """Returns name -> array of a request's tensors.

    Args:
        messages: mapping of name -> `TensorProto`.
        signature: `SignatureDef` whose inputs they should be.

    Raises:
        ServingError: if the names are not those of the signature, or a tensor is damaged.
    """
    check_names(messages, signature)
    return {name: _read_tensor(name, messages[name]) for name in signature.inputs}


def write_tensor(array):
    """Returns the `TensorProto` of an array."""
    import tensorflow as tf

    return tf.make_tensor_proto(array)


def _read_tensor(name, message):
    import tensorflow as tf

    try:
        shape = [dimension.size for dimension in message.tensor_shape.dim]
        itemsize = np.dtype(tf.dtypes.as_dtype(message.dtype).as_numpy_dtype).itemsize
        if message.tensor_shape.unknown_rank or min(shape, default=0) < 0:
            raise ValueError("its shape is not known")
        if math.prod(shape) * itemsize > _LARGEST_BYTES:
            raise ValueError(f"it is larger than {_LARGEST_BYTES} bytes")
        return tf.make_ndarray(message)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise invalid_argument(f"tensor parsing error: {name}: {error}") from error
