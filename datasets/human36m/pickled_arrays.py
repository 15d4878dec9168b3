"""Reads a dictionary of arrays that NumPy has pickled, without unpickling it.

`pickle` calls whatever function a file names. This reader follows the instructions of a pickle
itself, knows the few that a dictionary of arrays consists of, and calls nothing.
"""

import dataclasses
import pickletools
import warnings

import numpy as np

_TYPES = {"f4": np.float32, "f8": np.float64, "O8": object, "O": object}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_NEW = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
_FUNCTIONS = {
    **{f"numpy{core}.multiarray _reconstruct": "array" for core in (".core", "._core")},
    "numpy dtype": "type",
    "numpy ndarray": "class",
    "_codecs encode": "bytes",
}
_MARK = object()


@dataclasses.dataclass
class _Made:
    """The result of a call: an array or a type, which `BUILD` completes."""

    kind: str
    arguments: tuple
    state: tuple = ()


def read_pickled_arrays(data):
    """Reads the pickle of an object array that holds one dictionary.

    Args:
        data: bytes.

    Returns:
        The dictionary; its values are dictionaries or arrays of float32 or float64.

    Raises:
        ValueError: if the pickle holds anything else, or is damaged.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of damaged texts
            return _plain(_run(data))
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"expected pickled arrays, but: {error!r}") from error


def _run(data):
    stack, memo = [], {}
    for opcode, argument, _ in pickletools.genops(data):
        name = opcode.name
        if name == "STOP":
            return stack[-1]
        if name in ("PROTO", "FRAME"):
            continue
        if name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "MARK":
            stack.append(_MARK)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _NEW:
            stack.append(_NEW[name]())
        elif name.startswith(("BININT", "LONG1")) or name.endswith(
            ("UNICODE", "UNICODE8", "BINBYTES", "BINBYTES8", "BINSTRING")
        ):
            stack.append(argument)
        else:
            _change(stack, name, argument)
    raise ValueError("the pickle has no end")


def _change(stack, name, argument):
    """Follows an instruction that takes values from the stack."""
    if name in _TUPLES:
        values = tuple(_pop(stack) for _ in range(_TUPLES[name]))
        stack.append(values[::-1])
    elif name == "TUPLE":
        stack.append(tuple(_pop_to_mark(stack)))
    elif name in ("APPEND", "APPENDS"):
        values = [_pop(stack)] if name == "APPEND" else _pop_to_mark(stack)
        stack[-1].extend(values)
    elif name in ("SETITEM", "SETITEMS"):
        flat = [_pop(stack), _pop(stack)][::-1] if name == "SETITEM" else _pop_to_mark(stack)
        stack[-1].update(zip(flat[::2], flat[1::2], strict=True))
    elif name == "GLOBAL":
        stack.append(_Made("function", _FUNCTIONS[argument]))
    elif name == "STACK_GLOBAL":
        function, module = _pop(stack), _pop(stack)
        stack.append(_Made("function", _FUNCTIONS[f"{module} {function}"]))
    elif name == "REDUCE":
        arguments, function = _pop(stack), _pop(stack)
        if function.kind != "function" or function.arguments == "class":
            raise ValueError("a call of what is no function")
        encoded = function.arguments == "bytes"
        stack.append(
            arguments[0].encode("latin1") if encoded else _Made(function.arguments, arguments)
        )
    elif name == "BUILD":
        state = _pop(stack)
        stack[-1].state = state
    else:
        raise ValueError(f"expected pickled arrays, got the instruction {name}")


def _pop(stack):
    value = stack.pop()
    if value is _MARK:
        raise ValueError("a mark in the place of a value")
    return value


def _pop_to_mark(stack):
    values = []
    while (value := stack.pop()) is not _MARK:
        values.append(value)
    return values[::-1]


def _plain(value, depth=0):
    """Turns dictionaries of `_Made` arrays into dictionaries of arrays."""
    if depth > 4:
        raise ValueError("the dictionaries are too deep")
    if isinstance(value, dict):
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    if not isinstance(value, _Made) or value.kind != "array":
        raise ValueError(f"expected an array, got {type(value).__name__}")
    _, shape, made, by_columns, content = value.state
    order = made.state[1] if made.state else "="
    dtype = np.dtype(_TYPES[made.arguments[0].lstrip("<=>|")])
    if dtype.hasobject:
        [content] = content
        return _plain(content, depth + 1)
    if order == ">":
        dtype = dtype.newbyteorder(">")
    array = np.frombuffer(content, dtype)
    return array.reshape(shape, order="F" if by_columns else "C")
