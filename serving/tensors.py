"""NumPy arrays as tensors of TensorFlow's messages, without TensorFlow."""

import numpy as np

from serving.messages import Tensor

# The numbers of tensorflow.DataType.
_FLOAT, _INT32, _STRING = 1, 3, 7
_TYPES = {_FLOAT: np.dtype("<f4"), _INT32: np.dtype("<i4")}


def to_message(array):
    """Returns a float32 or int32 array as a `Tensor` message."""
    array = np.asarray(array)
    numbers = {dtype: number for number, dtype in _TYPES.items()}
    tensor = Tensor(dtype=numbers[array.dtype], tensor_content=array.tobytes())
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    return tensor


def to_array(tensor):
    """Returns the array of a `Tensor` message: float32, int32, or bytes objects.

    A server may send the bytes of an array or a list of its values.

    Raises:
        ValueError: if the message has another type, or values that do not fill its shape.
    """
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.dtype == _STRING:
        return np.array(tensor.string_val, object).reshape(shape)
    if tensor.dtype not in _TYPES:
        raise ValueError(f"a tensor of type number {tensor.dtype}; expected float32, int32 or text")
    dtype = _TYPES[tensor.dtype]
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype).reshape(shape)
    values = np.array(tensor.float_val if tensor.dtype == _FLOAT else tensor.int_val, dtype)
    if len(values) == 1:  # One value may stand for all.
        return np.full(shape, values[0])
    return values.reshape(shape)
