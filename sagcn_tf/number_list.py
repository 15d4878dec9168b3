"""Reads lists of numbers from the command line."""

from sagcn_tf.errors import UserError


def whole_numbers(name, values, low, high):
    """Reads the values of a list flag.

    Args:
        name: name of the flag.
        values: its values, as texts.
        low: the smallest number allowed.
        high: the largest number allowed.

    Returns:
        A list of int, not empty.

    Raises:
        UserError: if a value is not a whole number in this range, or there is none.
    """
    values = [value.strip() for value in values]
    if not values or not all(v.isdecimal() and low <= int(v) <= high for v in values):
        raise UserError(
            f"--{name} must be whole numbers from {low} to {high}, separated by commas, received "
            f"{','.join(values)!r}"
        )
    return [int(value) for value in values]
