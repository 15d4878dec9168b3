"""Finds the class that a person names."""

from sagcn_tf.errors import UserError


def find_label(label, class_names):
    """Returns the number of a class; case, spaces, hyphens and underscores do not matter.

    Raises:
        UserError: if no class has this name; the message lists those that exist.
    """
    wanted = _plain(label)
    for number, name in enumerate(class_names):
        if _plain(name) == wanted:
            return number
    raise UserError(f"--label={label} is unknown; expected one of: {', '.join(class_names)}.")


def _plain(name):
    return "".join(character for character in name.casefold() if character not in " _-")
