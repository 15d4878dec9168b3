"""NumPy arrays in TensorFlow's tensor messages, without TensorFlow.

The messages are those of `serving.messages` or TensorFlow's own `TensorProto`.
"""

import math

import numpy as np

# The numbers of tensorflow.DataType.
_FLOAT, _INT32, _STRING = 1, 3, 7
_TYPES = {_FLOAT: np.dtype("<f4"), _INT32: np.dtype("<i4"), _STRING: np.dtype(object)}
_NUMBERS = {dtype: number for number, dtype in _TYPES.items()}


def is_known(tensor):
    """Whether `read_array` knows the type of a message: float32, int32 or text."""
    return tensor.dtype in _TYPES


def write_array(array, tensor):
    """Writes a float32 or int32 array, or one of bytes objects, into an empty message."""
    array = np.asarray(array)
    tensor.dtype = _NUMBERS[array.dtype]
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    if tensor.dtype == _STRING:
        tensor.string_val.extend(array.ravel())
    else:
        tensor.tensor_content = array.tobytes()
    return tensor


def read_array(tensor):
    """Returns the array of a message: float32, int32, or bytes objects.

    A server may send the bytes of an array or a list of its values, of which the last one stands
    for those that are missing.

    Raises:
        ValueError: if the message has another type, or values that do not fill its shape.
    """
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if not is_known(tensor):
        raise ValueError(f"a tensor of type number {tensor.dtype}; expected float32, int32 or text")
    dtype = _TYPES[tensor.dtype]
    if tensor.tensor_content and tensor.dtype != _STRING:
        return np.frombuffer(tensor.tensor_content, dtype).reshape(shape)
    lists = {_FLOAT: tensor.float_val, _INT32: tensor.int_val, _STRING: tensor.string_val}
    values = np.array(lists[tensor.dtype], dtype)
    missing = math.prod(shape) - len(values)
    if missing > 0 and len(values):
        values = np.concatenate([values, np.full(missing, values[-1])])
    return values.reshape(shape)
