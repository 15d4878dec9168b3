"""Settings of a motion folder: the contents of `skeleton.json` and defaults."""

import dataclasses
import json

from datasets.motion_folder import body
from datasets.motion_folder.known_body import KNOWN_BODIES
from datasets.motion_folder.view import PROJECTIONS
from datasets.raw_data_error import RawDataError

FILE = "skeleton.json"
FRAME_RATE = 30.0
# Frames per second of the paper's Human3.6M clips. The default stride comes closest to it.
CLIP_RATE = 50 / 3
CLIPS = ("window", "resample")
UP = ("+y", "-y", "+z")


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings for all files of a folder.

    Attributes:
        joints: names of the N joints.
        edges: pairs of joint indices.
        left, right: indices of the joints on each side.
        root: indices of the joints whose mean is the root.
        frame_rate: frames per second that all recordings get; None if not given.
        recorded_frame_rate: frames per second of the files, whatever they say; None if not given.
        unit: unit of the coordinates; None if not given.
        up: axis that points up in all files, one of `UP`; None if not given.
        clips: one of `CLIPS`.
        clip_stride: N if a clip takes every N-th frame; None if not given.
        longest_gap: seconds for which a missing joint is interpolated.
        zeros: `"missing"` if a joint at zero in some frames is missing, or `"positions"`.
        third: `"confidence"` or `"z"`, the third coordinate of arrays; None if not given.
        lowest_confidence: joints of lower confidence are missing.
        projection: `(azimuth, elevation)` of the camera that makes 3-D motion 2-D; None without.
        mirror: whether training recordings are there twice, the second time mirrored.
        root_motion: whether clips keep the motion of the root, beside the joints relative to it.
        hierarchy: dictionary {name of a joint: name of its parent, None for the root} of all joints
            that the files have; None if it is not known.
    """

    joints: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    root: tuple[int, ...] = (0,)
    frame_rate: float | None = None
    recorded_frame_rate: float | None = None
    unit: str | None = None
    up: str | None = None
    clips: str = "window"
    clip_stride: int | None = None
    longest_gap: float = 0.5
    zeros: str = "missing"
    third: str | None = None
    lowest_confidence: float = 0.1
    projection: tuple[float, float] | None = None
    mirror: bool = False
    root_motion: bool = False
    hierarchy: dict[str, str | None] | None = None


def read_settings(path, known=None) -> Settings:
    """Reads `skeleton.json`.

    Args:
        path: path of the file. It is optional if there is a known body.
        known: `KnownBody` of the files; None if they do not tell.

    Returns:
        A `Settings`.

    Raises:
        RawDataError: with all errors in the file. The message does not name the file.
    """
    values = {} if known and not path.exists() else _read_json(path)
    known = _known_body(values) or known
    joints = _joints(values, known)
    unknown = sorted(values.keys() - {"body", "joints", *_GRAPH, *_FIELDS})
    errors = [f"unknown key {key!r}" for key in unknown]
    graph = {}
    for name, read in _GRAPH.items():
        try:
            graph[name] = read(values, joints, known)
        except ValueError as error:
            errors.append(f"{name}: {error}")
    for name, (valid, expected) in _FIELDS.items():
        if name in values and not valid(values[name]):
            errors.append(f"{name}: expected {expected}, got {values[name]!r:.60}")
    left, right = graph.get("left", ()), graph.get("right", ())
    if set(left) & set(right):
        errors.append("left, right: a joint is in both")
    if values.get("mirror") and (not left or len(left) != len(right)):
        errors.append("mirror: expected as many joints in left as in right, in the same order")
    if errors:
        raise RawDataError("; ".join(errors))
    given = {name: values[name] for name in _FIELDS if name in values}
    if known and known.up:
        given.setdefault("up", known.up)
    if "projection" in given:
        given["projection"] = _camera(given["projection"])
    if given.get("root_motion"):
        _check_root_motion(given)
    return Settings(joints, **graph, **given, hierarchy=known and known.hierarchy)


def _read_json(path):
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RawDataError(
            f"is missing; it must list joints and edges, or name a body: {', '.join(KNOWN_BODIES)}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RawDataError(f"expected a JSON file, but: {error}") from None
    if not isinstance(values, dict):
        raise RawDataError(f"expected an object with joints and edges, got {values!r:.60}")
    return values


def _known_body(values):
    name = values.get("body")
    if name is not None and (not isinstance(name, str) or name not in KNOWN_BODIES):
        raise RawDataError(f"body: expected one of {', '.join(KNOWN_BODIES)}, got {name!r:.60}")
    return KNOWN_BODIES.get(name)


def _joints(values, known):
    default = list(known.joints or known.hierarchy) if known else []
    joints = values.get("joints", default)
    names = isinstance(joints, list) and all(isinstance(one, str) and one for one in joints)
    if not names or not joints or len(set(joints)) < len(joints):
        raise RawDataError(f"joints: expected a list of unique names, got {joints!r:.60}")
    unknown = [joint for joint in joints if known and joint not in known.hierarchy]
    if unknown:
        raise RawDataError(f"joints: expected joints of the files, got {', '.join(unknown[:10])}")
    return tuple(joints)


def _edges(values, joints, known):
    """Returns pairs of joint indices, as given or from the hierarchy."""
    if "edges" not in values and known:
        more = [pair for pair in known.more_edges if set(pair) <= set(joints)]
        pairs = tuple((joints.index(first), joints.index(second)) for first, second in more)
        return body.edges_of_hierarchy(joints, known.hierarchy) + pairs
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

    def read(values, joints, known):
        if "left" not in values and "right" not in values:
            return body.sides(joints)[side]
        return _numbers(values.get(("left", "right")[side], []), joints)

    return read


def _root(values, joints, known):
    """Returns the indices of the joints whose mean is the root."""
    default = list(known.root) if known and set(known.root) <= set(joints) else []
    root = values.get("root", default or [0])
    return _numbers(root if isinstance(root, list) and root else [root], joints)


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


def _camera(value):
    """Returns (azimuth, elevation) in degrees from the value of `projection`."""
    if isinstance(value, str):
        return PROJECTIONS[value]
    return float(value.get("azimuth", 0)), float(value.get("elevation", 0))


def _check_root_motion(given):
    """Refuses settings with which the root has no motion of its own over the ground."""
    if given.get("clips") == "resample":
        raise RawDataError(
            'root_motion: clips of whole recordings ("clips": "resample") keep it already; leave '
            "out one of the two"
        )
    if given.get("projection", (0, 0))[1]:
        raise RawDataError(
            "root_motion: expected a projection without elevation, because a camera that looks "
            "down sees steps towards it as height; leave out one of the two"
        )


def _is_camera(value):
    if not isinstance(value, dict):
        return isinstance(value, str) and value in PROJECTIONS
    degrees = all(_is_number(angle) and abs(angle) <= 360 for angle in value.values())
    return degrees and value.keys() <= {"azimuth", "elevation"}


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_rate(value):
    return _is_number(value) and 0 < value < 1e6


def _one_of(*allowed):
    """Returns the check and the expected value of a field with some allowed values."""
    return lambda value: value in allowed, f"one of {', '.join(allowed)}"


_GRAPH = {"edges": _edges, "left": _side(0), "right": _side(1), "root": _root}
# For each optional field: a check of its value, and the expected value in messages.
_FIELDS = {
    "frame_rate": (_is_rate, "a number above 0"),
    "recorded_frame_rate": (_is_rate, "a number above 0"),
    "unit": (lambda value: isinstance(value, str) and value, "a name such as millimeter"),
    "up": _one_of(*UP),
    "clips": _one_of(*CLIPS),
    "clip_stride": (lambda value: type(value) is int and value > 0, "a whole number above 0"),
    "longest_gap": (lambda value: _is_number(value) and value >= 0, "seconds, 0 or more"),
    "zeros": _one_of("missing", "positions"),
    "third": _one_of("confidence", "z"),
    "lowest_confidence": (lambda value: _is_number(value) and 0 <= value <= 1, "0 to 1"),
    "projection": (_is_camera, 'front, side, or {"azimuth": DEGREES, "elevation": DEGREES}'),
    "mirror": (lambda value: isinstance(value, bool), "true or false"),
    "root_motion": (lambda value: isinstance(value, bool), "true or false"),
}
