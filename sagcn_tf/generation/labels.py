"""Finds a class by name."""

from sagcn_tf.errors import UserError


def find_label(label, class_names):
    """Finds the number of a class, ignoring case, spaces, hyphens and underscores.

    Args:
        label: name of the class.
        class_names: names of the C classes.

    Returns:
        Index into `class_names`.

    Raises:
        UserError: if no class has this name; the message lists the classes.
    """
    wanted = _normalized(label)
    for number, name in enumerate(class_names):
        if _normalized(name) == wanted:
            return number
    raise UserError(f"--label={label} is unknown; expected one of: {', '.join(class_names)}.")


def _normalized(name):
    return "".join(character for character in name.casefold() if character not in " _-")
