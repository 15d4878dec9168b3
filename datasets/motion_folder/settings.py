"""What `skeleton.json` says of a folder of motion, and what holds where it says nothing."""

import dataclasses
import json

from datasets.motion_folder import body
from datasets.raw_data_error import RawDataError

FILE = "skeleton.json"
FRAME_RATE = 30.0
# The stride of a clip comes as near as can be to the rate of the paper's clips of Human3.6M.
CLIP_RATE = 50 / 3
CLIPS = ("window", "resample")
UP = ("+y", "-y", "+z")
# What a field holds, if it is given, and how a message says it.
_FIELDS = {
    "frame_rate": (lambda value: _is_number(value) and 0 < value < 1e6, "a number above 0"),
    "unit": (lambda value: isinstance(value, str) and value, "a name such as millimetre"),
    "up": (lambda value: value in UP, f"one of {', '.join(UP)}"),
    "clips": (lambda value: value in CLIPS, f"one of {', '.join(CLIPS)}"),
    "clip_stride": (lambda value: type(value) is int and value > 0, "a whole number above 0"),
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """What holds for all files of a folder.

    Attributes:
        joints: the N names; the first is the root.
        edges: pairs of their numbers.
        left, right: numbers of the joints of either side.
        frame_rate: frames a second of files that do not say, or None.
        unit: of the coordinates, or None.
        up: which axis points up in all files, one of `UP`, or None.
        clips: one of `CLIPS`.
        clip_stride: frames from one frame of a clip to the next, or None.
    """

    joints: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    frame_rate: float | None = None
    unit: str | None = None
    up: str | None = None
    clips: str = "window"
    clip_stride: int | None = None


def read_settings(path, hierarchy=None) -> Settings:
    """Reads `skeleton.json`.

    Args:
        path: of the file; where there is a hierarchy it need not exist.
        hierarchy: dict of joint name -> name of its parent (None for the root), of the first BVH
            file of the folder; None if it has no BVH file.

    Raises:
        RawDataError: with all that is wrong in the file, which it doesn't name.
    """
    values = {} if hierarchy and not path.exists() else _read_json(path)
    joints = _joints(values, hierarchy)
    mistakes = [
        f"unknown key {key!r}" for key in sorted(values.keys() - {"joints", *_GRAPH, *_FIELDS})
    ]
    graph = {}
    for name, read in _GRAPH.items():
        try:
            graph[name] = read(values, joints, hierarchy)
        except ValueError as error:
            mistakes.append(f"{name}: {error}")
    for name, (valid, expected) in _FIELDS.items():
        if name in values and not valid(values[name]):
            mistakes.append(f"{name}: expected {expected}, got {values[name]!r:.60}")
    if set(graph.get("left", ())) & set(graph.get("right", ())):
        mistakes.append("left, right: a joint is in both")
    if mistakes:
        raise RawDataError("; ".join(mistakes))
    return Settings(joints, **graph, **{name: values[name] for name in _FIELDS if name in values})


def _read_json(path):
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RawDataError("is missing; it has to name the joints and edges") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RawDataError(f"not a JSON file: {error}") from None
    if not isinstance(values, dict):
        raise RawDataError(f"expected an object with joints and edges, got {values!r:.60}")
    return values


def _joints(values, hierarchy):
    joints = values.get("joints", list(hierarchy or []))
    names = isinstance(joints, list) and all(isinstance(one, str) and one for one in joints)
    if not names or not joints or len(set(joints)) < len(joints):
        raise RawDataError(f"joints: expected a list of different names, got {joints!r:.60}")
    unknown = [joint for joint in joints if hierarchy and joint not in hierarchy]
    if unknown:
        raise RawDataError(f"joints: the BVH files have no {', '.join(unknown[:10])}")
    return tuple(joints)


def _edges(values, joints, hierarchy):
    """Pairs of numbers: as given, or from the hierarchy."""
    if "edges" not in values and hierarchy:
        return body.edges_of_hierarchy(joints, hierarchy)
    edges = values.get("edges")
    if not isinstance(edges, list):
        raise ValueError(f"expected a list of pairs of joints, got {edges!r:.60}")
    pairs = [_numbers(edge, joints) for edge in edges]
    wrong = [
        edge
        for edge, pair in zip(edges, pairs, strict=True)
        if len(set(pair)) != 2 or len(pair) != 2
    ]
    if wrong:
        raise ValueError(f"expected pairs of two different joints, got {wrong[0]!r:.60}")
    return tuple(pairs)


def _side(side):
    """Reads the joints of a side; where neither side is given, their names tell."""

    def read(values, joints, hierarchy):
        if "left" not in values and "right" not in values:
            return body.sides(joints)[side]
        return _numbers(values.get(("left", "right")[side], []), joints)

    return read


def _numbers(references, joints):
    """The numbers of joints that are referred to by name or by number."""
    if not isinstance(references, list):
        raise ValueError(f"expected a list of joints, got {references!r:.60}")
    numbers = []
    for one in references:
        if isinstance(one, str) and one in joints:
            numbers.append(joints.index(one))
        elif type(one) is int and 0 <= one < len(joints):
            numbers.append(one)
        else:
            raise ValueError(f"no joint is called, or has the number, {one!r:.60}")
    return tuple(numbers)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


_GRAPH = {"edges": _edges, "left": _side(0), "right": _side(1)}
