"""Turns the names of classes into labels, alone, mixed, or one after the other."""

import numpy as np

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
    raise UserError(f"class {label!r} is unknown; expected one of: {', '.join(class_names)}")


def label_of(action, class_names):
    """Returns the label of an action, and a title for it.

    Args:
        action: the name of a class; a mixture `{name: weight}` with weights of 0 or more that sum
            to 1 (equation 8); or a transition `(first name, last name)`.
        class_names: names of the C classes.

    Returns:
        `(label, title)`. The label is float32 `[C]`, or `[2, C]` for a transition: the labels of
        the first and of the last frame.

    Raises:
        UserError: if a class is unknown, or the weights are not a mixture.
    """
    one_hot = np.eye(len(class_names), dtype=np.float32)
    if isinstance(action, str):
        number = find_label(action, class_names)
        return one_hot[number], class_names[number]
    if isinstance(action, dict):
        numbers = [find_label(name, class_names) for name in action]
        weights = np.array(list(action.values()), np.float32)
        if not ((weights >= 0).all() and abs(weights.sum() - 1) < 1e-3):
            raise UserError(f"weights of a mixture must be 0 or more and sum to 1, got {action}")
        title = " + ".join(
            f"{w:.2g} {class_names[n]}" for n, w in zip(numbers, weights, strict=True)
        )
        return weights @ one_hot[numbers], title
    first, last = (find_label(name, class_names) for name in action)
    return one_hot[[first, last]], f"{class_names[first]} to {class_names[last]}"


def parse_mixture(text):
    """Reads a mixture such as `walking:.5,sitting:.5`.

    Returns:
        `{name: weight}`.

    Raises:
        UserError: if the text has another form, or names a class twice.
    """
    try:
        pairs = [part.rpartition(":") for part in text.split(",")]
        mixture = {name.strip(): float(weight) for name, _, weight in pairs}
    except ValueError:
        mixture = {}
    if "" in mixture or not mixture or len(mixture) < len(text.split(",")):
        raise UserError(f"--mix={text}: expected NAME:WEIGHT,NAME:WEIGHT, each class once")
    return mixture


def parse_transition(text):
    """Reads a transition such as `walking,sitting`.

    Returns:
        `(first name, last name)`.

    Raises:
        UserError: if the text does not hold two names.
    """
    names = tuple(name.strip() for name in text.split(","))
    if len(names) != 2 or not all(names):
        raise UserError(f"--transition={text}: expected FIRST,LAST, two names of classes")
    return names


def _normalized(name):
    return "".join(character for character in name.casefold() if character not in " _-")
