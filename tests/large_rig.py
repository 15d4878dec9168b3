"""A rig like those of characters: 78 joints, with fingers, face, twists, props and ends."""

from tests.bvh_folder import JOINTS


def _added():
    """Yields (joint, parent, offset in centimeters) of what characters have besides a body."""
    for side, sign in (("Left", 1), ("Right", -1)):
        for number, finger in enumerate(("Thumb", "Index", "Middle", "Ring", "Pinky")):
            parent = f"{side}Hand"
            for part in ("1", "2", "3", "_End"):
                name = f"{side}Hand{finger}{part}"
                yield name, parent, (3.5 * sign, 0, 4 - 2 * number)
                parent = name
        for limb in ("Arm", "ForeArm", "UpLeg", "Leg"):
            yield f"{side}{limb}Twist", f"{side}{limb}", (5 * sign, 0, 0)
        yield f"{side}Toe_End", f"{side}Toe", (0, 0, 5)
        yield f"{side}HandProp", f"{side}Hand", (4 * sign, -2, 0)
        yield f"{side}Eye", "Head", (3 * sign, 8, 9)
    yield from (("Jaw", "Head", (0, 2, 5)), ("HeadTop_End", "Head", (0, 18, 0)))


def _with_children(joint, hierarchy):
    """Yields a joint and all below it, in the order of a file."""
    yield joint, hierarchy[joint]
    for child, (parent, _) in hierarchy.items():
        if parent == joint:
            yield from _with_children(child, hierarchy)


# Name -> parent and offset, as `JOINTS`.
LARGE_RIG = dict(
    _with_children("Hips", JOINTS | {name: (parent, offset) for name, parent, offset in _added()})
)
