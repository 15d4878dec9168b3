"""Requests and answers of the REST interface: JSON from and to arrays.

The formats, rows ("instances" -> "predictions") and columns ("inputs" -> "outputs"), and what is
refused, are TensorFlow Serving's.
"""

import base64
import binascii
import json

import numpy as np

from serving.local.serving_error import invalid_argument
from serving.local.signature import type_name

_SHOWN = 256  # characters of a value that an error message repeats
_NUMBER_TYPES = {"f": (int, float), "i": (int,), "u": (int,), "b": (bool,)}


def parse_request(body):
    """Returns the JSON object of a request's body.

    Raises:
        ServingError: if it is no JSON object, or its `signature_name` is not text.
    """
    try:
        request = json.loads(body)
    except RecursionError:
        raise invalid_argument("JSON Parse error: the document is nested too deeply") from None
    except ValueError as error:
        message = "The document is empty" if not body else str(error)
        raise invalid_argument(f"JSON Parse error: {message}") from None
    if not isinstance(request, dict):
        raise invalid_argument(f"JSON Value: {_shown(request)} Is not object")
    if not isinstance(request.get("signature_name", ""), str):
        raise invalid_argument(
            f"JSON Value: {_shown(request)} not formatted correctly. 'signature_name' key must be "
            "a string value."
        )
    return request


def read_inputs(request, inputs):
    """Returns name -> array of a request.

    Args:
        request: what `parse_request` returns.
        inputs: the inputs of a `Signature`.

    Raises:
        ServingError: if a value is missing, or of another type or shape than the rest.
    """
    if "instances" in request and "inputs" in request:
        raise invalid_argument(
            f"JSON Value: {_shown(request)} Not formatted correctly expecting only one of "
            "'inputs' or 'instances' keys to exist "
        )
    if "instances" in request:
        instances = request["instances"]
        if not isinstance(instances, list):
            raise invalid_argument(
                f"JSON Value: {_shown(request)} Expecting 'instances' to be an list/array"
            )
        if not instances:
            raise invalid_argument(f"JSON Value: {_shown(request)} No values in 'instances' array")
        return _read_rows(instances, inputs)
    if "inputs" in request:
        return _read_columns(request["inputs"], inputs)
    raise invalid_argument("Missing 'inputs' or 'instances' key")


def write_outputs(outputs, by_row):
    """Returns the JSON text of an answer.

    Args:
        outputs: dict of name -> array.
        by_row: whether the request came by row.

    Raises:
        ServingError: if the answer to a request by row is not a batch.
    """
    alone = len(outputs) == 1
    columns = {name: _plain(name, array) for name, array in sorted(outputs.items())}
    if not by_row:
        return json.dumps({"outputs": next(iter(columns.values())) if alone else columns})
    for name, array in outputs.items():
        if np.ndim(array) == 0:
            raise invalid_argument(f"Tensor name: {name} has no shape information ")
    sizes = {len(array) for array in outputs.values()}
    if len(sizes) > 1:
        raise invalid_argument(f"The outputs have inconsistent batch sizes: {sorted(sizes)}")
    rows = zip(*columns.values(), strict=True)
    if alone:
        return json.dumps({"predictions": [row for (row,) in rows]})
    return json.dumps({"predictions": [dict(zip(columns, row, strict=True)) for row in rows]})


def _read_rows(instances, inputs):
    named = _is_named(instances[0])
    if not named and len(inputs) > 1:
        raise invalid_argument(
            "instances is a plain list, but expecting list of objects as multiple input tensors "
            "required as per tensorinfo_map"
        )
    columns = {name: [] for name in inputs}
    for place, instance in enumerate(instances):
        if named != _is_named(instance):
            came = "list" if named else "object"
            expected = "object" if named else "value/list"
            raise invalid_argument(
                f"Expecting {expected} but got {came} at item {place} of input list"
            )
        values = instance if named else {next(iter(inputs)): instance}
        if set(values) != set(inputs):
            raise invalid_argument(
                f"Failed to process element: {place} of 'instances' list. JSON object: "
                f"{_shown(instance)} keys must be equal to: {','.join(sorted(inputs))}"
            )
        for name, value in values.items():
            columns[name].append(value)
    return {name: _read_array(columns[name], inputs[name].dtype) for name in inputs}


def _read_columns(values, inputs):
    if not _is_named(values):
        if len(inputs) > 1:
            raise invalid_argument(
                "inputs is a plain value/list, but expecting an object as multiple input tensors "
                "required as per tensorinfo_map"
            )
        values = {next(iter(inputs)): values}
    for name in inputs:
        if name not in values:
            raise invalid_argument(f"Missing named input: {name} in 'inputs' object.")
    return {name: _read_array(values[name], inputs[name].dtype) for name in inputs}


def _read_array(value, dtype):
    """Returns nested lists as an array of a `tensorflow.DType`."""
    shape, first = [], value
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    leaves = []
    _collect(value, shape, 0, dtype, leaves)
    try:
        return np.array(leaves, dtype.as_numpy_dtype).reshape(shape)
    except OverflowError:
        raise invalid_argument(
            f"JSON Value: {_shown(value)} has a number too large for {type_name(dtype)}"
        ) from None


def _collect(value, shape, level, dtype, leaves):
    """Appends the values of nested lists, which must all be nested as `shape` says."""
    if not isinstance(value, list):
        if level != len(shape):
            raise invalid_argument(
                f"JSON Value: {_shown(value)} found at incorrect level: {level + 1} in the JSON "
                f"DOM. Expected at level: {len(shape)}"
            )
        leaves.append(_leaf(value, dtype))
        return
    if level >= len(shape):
        raise invalid_argument(
            f"Encountered list at unexpected level: {level} expected < {len(shape)}"
        )
    if len(value) != shape[level]:
        raise invalid_argument(
            f"Encountered list at unexpected size: {len(value)} at level: {level} expected size: "
            f"{shape[level]}"
        )
    for item in value:
        _collect(item, shape, level + 1, dtype, leaves)


def _leaf(value, dtype):
    """Returns a single value; text and base64 become bytes."""
    if dtype.name == "string":
        if isinstance(value, str):
            return value.encode()
        if _is_base64(value):
            try:
                return base64.b64decode(value["b64"], validate=True)
            except binascii.Error:
                raise invalid_argument("Unable to base64 decode") from None
    elif type(value) in _NUMBER_TYPES.get(np.dtype(dtype.as_numpy_dtype).kind, ()):
        return value
    raise invalid_argument(
        f"JSON Value: {_shown(value)} Type: {_type_name(value)} is not of expected type: "
        f"{type_name(dtype)}"
    )


def _plain(name, array):
    """Returns an array as nested lists, floats with as few digits as identify them."""
    array = np.asarray(array)
    if array.dtype == object:
        as_bytes = name.endswith("_bytes")
        encode = np.frompyfunc(lambda text: _text(text, as_bytes), 1, 1)
        return np.asarray(encode(array), object).tolist()
    if array.dtype == np.float32:
        return array.astype(str).astype(np.float64).tolist()
    return array.tolist()


def _text(text, as_bytes):
    if as_bytes:
        return {"b64": base64.b64encode(text).decode()}
    return text.decode(errors="replace")


def _is_base64(value):
    return isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str)


def _is_named(value):
    return isinstance(value, dict) and not _is_base64(value)


def _type_name(value):
    names = {type(None): "Null", bool: str(value), dict: "Object", list: "Array", str: "String"}
    return names.get(type(value), "Number")


def _shown(value):
    return json.dumps(value)[:_SHOWN]
