"""Bodies whose joints have names that everybody uses, so that nobody has to list their bones."""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class KnownBody:
    """A body that needs no `skeleton.json`.

    Attributes:
        hierarchy: dictionary {name of a joint: name of its parent, None for the first}.
        joints: the joints to train on; all if empty.
        root: joints whose mean is the root; the first joint to train on if empty.
        more_edges: pairs of joints that are connected besides those of the hierarchy.
    """

    hierarchy: dict[str, str | None]
    joints: tuple[str, ...] = ()
    root: tuple[str, ...] = ()
    more_edges: tuple[tuple[str, str], ...] = ()


def body_of_names(names) -> KnownBody | None:
    """Returns the largest known body all of whose joints are among `names`, spelled as there.

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


def _tree(text):
    """Returns a hierarchy from lines `PARENT: CHILD CHILD ...`; the first parent has none."""
    lines = [line.split(":") for line in text.splitlines() if line]
    parents = {child: line[0].strip() for line in lines for child in line[1].split()}
    return {lines[0][0].strip(): None} | parents


def _ordered(order, tree):
    """Sorts a hierarchy: arrays and lists of numbers have the joints in this order."""
    return {joint: tree[joint] for joint in order.split()}


_HIPS = ("left_hip", "right_hip")
_TORSO = (("right_hip", "right_shoulder"), ("nose", "right_shoulder"))
_LIMBS = """
left_hip: right_hip left_knee left_shoulder
right_hip: right_knee
left_knee: left_ankle
right_knee: right_ankle
left_shoulder: right_shoulder left_elbow nose
right_shoulder: right_elbow
left_elbow: left_wrist
right_elbow: right_wrist
"""
_COCO = _tree(_LIMBS + "nose: left_eye right_eye\nleft_eye: left_ear\nright_eye: right_ear")
_COCO = _ordered(
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow"
    " left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
    _COCO,
)
_MEDIAPIPE = _ordered(
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear"
    " right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow"
    " left_wrist right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb"
    " left_hip right_hip left_knee right_knee left_ankle right_ankle left_heel right_heel"
    " left_foot_index right_foot_index",
    _tree(
        _LIMBS
        + """
nose: left_eye_inner right_eye_inner mouth_left mouth_right
left_eye_inner: left_eye
left_eye: left_eye_outer
left_eye_outer: left_ear
right_eye_inner: right_eye
right_eye: right_eye_outer
right_eye_outer: right_ear
left_wrist: left_pinky left_index left_thumb
right_wrist: right_pinky right_index right_thumb
left_ankle: left_heel left_foot_index
right_ankle: right_heel right_foot_index
"""
    ),
)
_BODY_25 = _ordered(
    "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee RAnkle LHip LKnee"
    " LAnkle REye LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel",
    _tree(
        """
MidHip: RHip LHip Neck
RHip: RKnee
LHip: LKnee
RKnee: RAnkle
LKnee: LAnkle
RAnkle: RBigToe RSmallToe RHeel
LAnkle: LBigToe LSmallToe LHeel
Neck: RShoulder LShoulder Nose
RShoulder: RElbow
LShoulder: LElbow
RElbow: RWrist
LElbow: LWrist
Nose: REye LEye
REye: REar
LEye: LEar
"""
    ),
)
_SMPL = _tree(
    """
pelvis: left_hip right_hip spine1
left_hip: left_knee
right_hip: right_knee
spine1: spine2
left_knee: left_ankle
right_knee: right_ankle
spine2: spine3
left_ankle: left_foot
right_ankle: right_foot
spine3: neck left_collar right_collar
neck: head
left_collar: left_shoulder
right_collar: right_shoulder
left_shoulder: left_elbow
right_shoulder: right_elbow
left_elbow: left_wrist
right_elbow: right_wrist
"""
)
_SMPL = _ordered(
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3"
    " left_foot right_foot neck left_collar right_collar head left_shoulder right_shoulder"
    " left_elbow right_elbow left_wrist right_wrist",
    _SMPL,
)
_SIDED = [
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
_HUMAN36M = _tree(
    """
Hip: RHip LHip Spine
RHip: RKnee
RKnee: RFoot
LHip: LKnee
LKnee: LFoot
Spine: Thorax
Thorax: Neck LShoulder RShoulder
Neck: Head
LShoulder: LElbow
LElbow: LWrist
RShoulder: RElbow
RElbow: RWrist
"""
)
_HUMAN36M = _ordered(
    "Hip RHip RKnee RFoot LHip LKnee LFoot Spine Thorax Neck Head LShoulder LElbow LWrist RShoulder"
    " RElbow RWrist",
    _HUMAN36M,
)
# Pose estimators lose eyes, ears and fingers in many frames, and an action hardly needs them.
KNOWN_BODIES = {
    "coco_17": KnownBody(_COCO, ("nose", *_SIDED), _HIPS, _TORSO),
    "mediapipe_33": KnownBody(
        _MEDIAPIPE,
        (
            "nose",
            *_SIDED,
            *(f"{side}_{part}" for side in ("left", "right") for part in ("heel", "foot_index")),
        ),
        _HIPS,
        _TORSO,
    ),
    "body_25": KnownBody(
        _BODY_25,
        tuple(["MidHip", *(j for j in _BODY_25 if j != "MidHip" and j[1:] not in ("Eye", "Ear"))]),
    ),
    "human36m_17": KnownBody(_HUMAN36M),
    "smpl_22": KnownBody(_SMPL),
    "smpl_24": KnownBody(_SMPL | {"left_hand": "left_wrist", "right_hand": "right_wrist"}),
}
