"""Conversion between NumPy arrays and TensorFlow's tensor messages, without TensorFlow.

The messages are `serving.messages.Tensor` or TensorFlow's own `TensorProto`.
"""

import math

import numpy as np

# The values of tensorflow.DataType.
_FLOAT, _INT32, _STRING = 1, 3, 7
_TYPES = {_FLOAT: np.dtype("<f4"), _INT32: np.dtype("<i4"), _STRING: np.dtype(object)}
_NUMBERS = {dtype: number for number, dtype in _TYPES.items()}


def write_array(array, tensor):
    """Writes an array of float32, int32 or bytes objects into an empty message; returns that."""
    array = np.asarray(array)
    tensor.dtype = _NUMBERS[array.dtype]
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    if tensor.dtype == _STRING:
        tensor.string_val.extend(array.ravel())
    else:
        tensor.tensor_content = array.tobytes()
    return tensor


def read_array(tensor, max_values=2**26):
    """Returns the array of a message: float32, int32, or bytes objects.

    The message holds the bytes of the array or a list of its values. If the list is too short, its
    last value is repeated, as in TensorFlow.

    Args:
        tensor: The message.
        max_values: Largest size. One value can stand for all, so without a limit a few bytes could
            allocate any amount of memory.

    Raises:
        ValueError: If the message has another type, is too large, or its values do not fit its
            shape.
    """
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.dtype not in _TYPES:
        raise ValueError(f"a tensor of type number {tensor.dtype}; expected float32, int32 or text")
    if min(shape, default=0) < 0 or math.prod(shape) > max_values:
        raise ValueError(f"a tensor of shape {shape}; expected at most {max_values} values")
    dtype = _TYPES[tensor.dtype]
    if tensor.tensor_content and tensor.dtype != _STRING:
        return np.frombuffer(tensor.tensor_content, dtype).reshape(shape)
    lists = {_FLOAT: tensor.float_val, _INT32: tensor.int_val, _STRING: tensor.string_val}
    values = np.array(lists[tensor.dtype], dtype)
    missing = math.prod(shape) - len(values)
    if missing > 0 and len(values):
        values = np.concatenate([values, np.full(missing, values[-1])])
    return values.reshape(shape)
