"""Requests and answers of the REST interface: JSON from and to arrays.

A request has "instances", a list of rows, and gets "predictions"; or it has "inputs", the columns,
and gets "outputs". Where there is only one input or output, its name is left out.
"""

import json

import numpy as np

from serving.request_error import invalid_argument


def parse_request(body):
    """Returns the JSON object in the body of a request.

    Raises:
        RequestError: INVALID_ARGUMENT if it is not a JSON object with either rows or columns.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid_argument(f"expected JSON: {error}") from None
    if not isinstance(request, dict) or ("instances" in request) == ("inputs" in request):
        raise invalid_argument("expected a JSON object with either 'instances' or 'inputs'")
    name = request.get("signature_name", "")
    if not isinstance(name, str) or any("\ud800" <= character <= "\udfff" for character in name):
        raise invalid_argument("signature_name: expected a string of Unicode characters")
    return request


def read_inputs(request, types):
    """Returns the inputs of a request as a dict of name -> array.

    Args:
        request: What `parse_request` returns.
        types: Dict of the names of the signature's inputs -> NumPy dtype.

    Raises:
        RequestError: INVALID_ARGUMENT if an input is missing or unknown, or if its values have
            another type or are not nested evenly.
    """
    if "inputs" in request:
        columns = _named(request["inputs"], types, "inputs")
    else:
        rows = request["instances"]
        if not isinstance(rows, list) or not rows:
            raise invalid_argument("instances: expected a list of at least one row")
        rows = [_named(row, types, f"instances[{place}]") for place, row in enumerate(rows)]
        columns = {name: [row[name] for row in rows] for name in types}
    return {name: _read_array(name, columns[name], dtype) for name, dtype in types.items()}


def write_outputs(outputs, by_row):
    """Returns the JSON text of an answer.

    Args:
        outputs: Dict of name -> array.
        by_row: Whether the request came by row; all outputs then have the same number of rows.
    """
    answer = {name: _plain(array) for name, array in outputs.items()}
    if len(answer) == 1:
        (answer,) = answer.values()
    elif by_row:
        rows = zip(*answer.values(), strict=True)
        answer = [dict(zip(answer, row, strict=True)) for row in rows]
    return json.dumps({"predictions" if by_row else "outputs": answer})


def _named(values, types, place):
    """Returns the values of all inputs by name."""
    if not isinstance(values, dict) and len(types) == 1:
        return dict.fromkeys(types, values)
    if not isinstance(values, dict) or values.keys() != types.keys():
        got = sorted(values) if isinstance(values, dict) else type(values).__name__
        raise invalid_argument(f"{place}: expected an object with {sorted(types)}, got {got}")
    return values


def _read_array(name, values, dtype):
    """Returns nested lists of numbers as an array; integers must fit the type exactly."""
    try:
        given = np.array(values)
    except ValueError:
        raise invalid_argument(f"{name}: expected evenly nested lists of {dtype}") from None
    with np.errstate(over="ignore", invalid="ignore"):  # float32 holds large numbers as infinity.
        array = given.astype(dtype) if given.dtype.kind in "iuf" else None
    exact = given.dtype.kind in "iu" or not given.size
    if array is None or (dtype.kind == "i" and not (exact and np.array_equal(array, given))):
        raise invalid_argument(f"{name}: expected evenly nested lists of {dtype}")
    return array


def _plain(array):
    """Returns an array as nested lists, floats with as few digits as identify them."""
    if array.dtype == object:
        return np.vectorize(lambda text: text.decode(errors="replace"), "O")(array).tolist()
    if array.dtype == np.float32:
        return array.astype(str).astype(np.float64).tolist()
    return array.tolist()
