"""Settings: fields of a configuration, each with a default, allowed values and a meaning."""

import dataclasses
import typing

from sagcn_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Settings:
    """Base of the settings that a system alone reads. Its subclasses are mixed into `Config`."""

    def check(self) -> None:
        """Raises a `UserError` for values that are not compatible."""


def setting(default, allowed, meaning, presets=(), length=None):
    """Creates a field of a configuration.

    Args:
        default: its default; the type of the field is annotated as usual.
        allowed: a tuple of strings, or the lowest and the highest number.
        meaning: text for `--help`.
        presets: the presets of a system that read it. Default: all.
        length: length of a tuple. Default: None, for fields that are not tuples.
    """
    metadata = {"allowed": allowed, "help": meaning, "presets": presets, "length": length}
    return dataclasses.field(default=default, metadata=metadata)


def checked(field, value):
    """Returns a value in the type of its field.

    Raises:
        UserError: if it is not allowed; the message names the field and what it allows.
    """
    allowed, is_tuple = field.metadata["allowed"], typing.get_origin(field.type) is tuple
    values = tuple(value) if is_tuple and isinstance(value, (tuple, list)) else (value,)
    kind = int if is_tuple else field.type
    try:
        if kind is not str and isinstance(value, str):
            raise TypeError
        if kind is bool or any(isinstance(one, bool) for one in values):
            valid = kind is bool and isinstance(value, bool)
        elif kind is str:
            valid = value in allowed
        else:
            if any(kind(one) != one for one in values):
                raise TypeError
            values = tuple(kind(one) for one in values)
            valid = all(allowed[0] <= one <= allowed[1] for one in values)
    except (TypeError, ValueError, OverflowError):
        valid = False
    if not valid:
        expected = f"one of {allowed}"
        if kind in (int, float):
            expected = f"{kind.__name__} from {allowed[0]} to {allowed[1]}"
        raise UserError(f"{field.name} must be {expected}, received {value!r}")
    length = field.metadata["length"]
    if is_tuple and len(values) != length:
        raise UserError(f"{field.name} must hold {length} widths, received {values}")
    return values if is_tuple else values[0]
