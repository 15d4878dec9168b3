"""Bodies whose joints have names that everybody uses, so that nobody has to list their bones."""

import dataclasses
import re

from datasets.motion_folder.body_trees import BODY_25, COCO, HUMAN36M, MEDIAPIPE, SMPL


@dataclasses.dataclass(frozen=True)
class KnownBody:
    """A body that needs no `skeleton.json`.

    Attributes:
        hierarchy: dictionary {name of a joint: name of its parent, None for the first}.
        joints: the joints to train on; all if empty.
        root: joints whose mean is the root; the first joint to train on if empty.
        more_edges: pairs of joints that are connected besides those of the hierarchy.
        up: axis that points up in the files; None for that which is usual in such files.
    """

    hierarchy: dict[str, str | None]
    joints: tuple[str, ...] = ()
    root: tuple[str, ...] = ()
    more_edges: tuple[tuple[str, str], ...] = ()
    up: str | None = None


def body_of_names(names) -> KnownBody | None:
    """Returns the largest known body whose joints to train on are all among `names`.

    Its joints are spelled as in `names`.

    Args:
        names: names of joints; case, spaces, hyphens and underscores do not matter.
    """
    spelled = {_plain(name): name for name in names}
    for body in sorted(KNOWN_BODIES.values(), key=lambda body: -len(body.hierarchy)):
        if all(_plain(joint) in spelled for joint in body.joints or body.hierarchy):
            return _renamed(body, lambda joint: spelled.get(_plain(joint), joint))
    return None


def numbered_joints(names) -> tuple[str, ...] | None:
    """Names joints that are numbered from 0 or 1, as in `x0` or `landmark_12`.

    Args:
        names: names of all joints, in order.

    Returns:
        The joints of COCO (17), OpenPose (25) or MediaPipe (33); None for other names.
    """
    matches = [re.fullmatch(r"(\D*)(\d{1,3})", name) for name in names]
    if not all(matches) or len({match[1] for match in matches}) > 1:
        return None
    numbers = [int(match[2]) for match in matches]
    start = numbers[0]
    if start > 1 or numbers != list(range(start, start + len(names))):
        return None
    return joints_by_number(len(names))


def joints_by_number(count) -> tuple[str, ...] | None:
    """Returns the joints of the pose estimators' body with that many; None if there is none."""
    bodies = (KNOWN_BODIES[name] for name in ("coco_17", "body_25", "mediapipe_33"))
    return next((tuple(one.hierarchy) for one in bodies if len(one.hierarchy) == count), None)


def _renamed(body, name):
    hierarchy = {name(joint): above and name(above) for joint, above in body.hierarchy.items()}
    edges = tuple((name(first), name(second)) for first, second in body.more_edges)
    joints, root = (tuple(map(name, part)) for part in (body.joints, body.root))
    return KnownBody(hierarchy, joints, root, edges)


def _plain(name):
    return re.sub(r"[\W_]", "", name.lower())


_HIPS = ("left_hip", "right_hip")
_TORSO = (("right_hip", "right_shoulder"), ("nose", "right_shoulder"))
_SIDED = [
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
# Pose estimators lose eyes, ears and fingers in many frames, and an action hardly needs them.
KNOWN_BODIES = {
    "coco_17": KnownBody(COCO, ("nose", *_SIDED), _HIPS, _TORSO),
    "mediapipe_33": KnownBody(
        MEDIAPIPE,
        (
            "nose",
            *_SIDED,
            *(f"{side}_{part}" for side in ("left", "right") for part in ("heel", "foot_index")),
        ),
        _HIPS,
        _TORSO,
    ),
    "body_25": KnownBody(
        BODY_25,
        tuple(["MidHip", *(j for j in BODY_25 if j != "MidHip" and j[1:] not in ("Eye", "Ear"))]),
    ),
    "human36m_17": KnownBody(HUMAN36M),
    "smpl_22": KnownBody(SMPL),
    "smpl_24": KnownBody(SMPL | {"left_hand": "left_wrist", "right_hand": "right_wrist"}),
}
