"""Settings of a motion folder: the contents of `skeleton.json` and defaults."""

import dataclasses
import json

from datasets.motion_folder import body
from datasets.raw_data_error import RawDataError

FILE = "skeleton.json"
FRAME_RATE = 30.0
# Frames per second of the paper's Human3.6M clips. The default stride comes closest to it.
CLIP_RATE = 50 / 3
CLIPS = ("window", "resample")
UP = ("+y", "-y", "+z")
# For each optional field: a check of its value, and the expected value in messages.
_FIELDS = {
    "frame_rate": (lambda value: _is_number(value) and 0 < value < 1e6, "a number above 0"),
    "unit": (lambda value: isinstance(value, str) and value, "a name such as millimetre"),
    "up": (lambda value: value in UP, f"one of {', '.join(UP)}"),
    "clips": (lambda value: value in CLIPS, f"one of {', '.join(CLIPS)}"),
    "clip_stride": (lambda value: type(value) is int and value > 0, "a whole number above 0"),
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings for all files of a folder.

    Attributes:
        joints: names of the N joints; the first is the root.
        edges: pairs of joint indices.
        left, right: indices of the joints on each side.
        frame_rate: frames per second; None if not given.
        unit: unit of the coordinates; None if not given.
        up: axis that points up in all files, one of `UP`; None if not given.
        clips: one of `CLIPS`.
        clip_stride: N if a clip takes every N-th frame; None if not given.
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
        path: path of the file. It is optional if there is a hierarchy.
        hierarchy: dictionary {name of a joint: name of its parent, None for the root} from the
            first BVH file; None without BVH files.

    Returns:
        A `Settings`.

    Raises:
        RawDataError: with all errors in the file. The message does not name the file.
    """
    values = {} if hierarchy and not path.exists() else _read_json(path)
    joints = _joints(values, hierarchy)
    errors = [
        f"unknown key {key!r}" for key in sorted(values.keys() - {"joints", *_GRAPH, *_FIELDS})
    ]
    graph = {}
    for name, read in _GRAPH.items():
        try:
            graph[name] = read(values, joints, hierarchy)
        except ValueError as error:
            errors.append(f"{name}: {error}")
    for name, (valid, expected) in _FIELDS.items():
        if name in values and not valid(values[name]):
            errors.append(f"{name}: expected {expected}, got {values[name]!r:.60}")
    if set(graph.get("left", ())) & set(graph.get("right", ())):
        errors.append("left, right: a joint is in both")
    if errors:
        raise RawDataError("; ".join(errors))
    return Settings(joints, **graph, **{name: values[name] for name in _FIELDS if name in values})


def _read_json(path):
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RawDataError("is missing; it must list joints and edges") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RawDataError(f"expected a JSON file, but: {error}") from None
    if not isinstance(values, dict):
        raise RawDataError(f"expected an object with joints and edges, got {values!r:.60}")
    return values


def _joints(values, hierarchy):
    joints = values.get("joints", list(hierarchy or []))
    names = isinstance(joints, list) and all(isinstance(one, str) and one for one in joints)
    if not names or not joints or len(set(joints)) < len(joints):
        raise RawDataError(f"joints: expected a list of unique names, got {joints!r:.60}")
    unknown = [joint for joint in joints if hierarchy and joint not in hierarchy]
    if unknown:
        raise RawDataError(
            f"joints: expected joints of the BVH files, got {', '.join(unknown[:10])}"
        )
    return tuple(joints)


def _edges(values, joints, hierarchy):
    """Returns pairs of joint indices, as given or from the hierarchy."""
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
    """Returns a reader for one side. If no side is given, sides follow from the names."""

    def read(values, joints, hierarchy):
        if "left" not in values and "right" not in values:
            return body.sides(joints)[side]
        return _numbers(values.get(("left", "right")[side], []), joints)

    return read


def _numbers(references, joints):
    """Returns the indices of joints given by name or index."""
    if not isinstance(references, list):
        raise ValueError(f"expected a list of joints, got {references!r:.60}")
    numbers = []
    for one in references:
        if isinstance(one, str) and one in joints:
            numbers.append(joints.index(one))
        elif type(one) is int and 0 <= one < len(joints):
            numbers.append(one)
        else:
            raise ValueError(f"expected names or indices of joints, got {one!r:.60}")
    return tuple(numbers)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


_GRAPH = {"edges": _edges, "left": _side(0), "right": _side(1)}
