"""The joints of well-known bodies in their usual order, each with its parent: `{joint: parent}`."""


def _body(order, tree):
    """Returns a hierarchy.

    Args:
        order: the joints, in the order that arrays and lists of numbers have.
        tree: lines `PARENT: CHILD CHILD ...`; the first parent has none.
    """
    lines = [line.split(":") for line in tree.splitlines() if line]
    parents = {lines[0][0]: None}
    parents |= {child: parent for parent, children in lines for child in children.split()}
    return {joint: parents[joint] for joint in order.split()}


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
COCO = _body(
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow"
    " left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
    _LIMBS + "nose: left_eye right_eye\nleft_eye: left_ear\nright_eye: right_ear",
)
MEDIAPIPE = _body(
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear"
    " right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow"
    " left_wrist right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb"
    " left_hip right_hip left_knee right_knee left_ankle right_ankle left_heel right_heel"
    " left_foot_index right_foot_index",
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
""",
)
BODY_25 = _body(
    "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee RAnkle LHip LKnee"
    " LAnkle REye LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel",
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
""",
)
SMPL = _body(
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3"
    " left_foot right_foot neck left_collar right_collar head left_shoulder right_shoulder"
    " left_elbow right_elbow left_wrist right_wrist",
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
""",
)
HUMAN36M = _body(
    "Hip RHip RKnee RFoot LHip LKnee LFoot Spine Thorax Neck Head LShoulder LElbow LWrist RShoulder"
    " RElbow RWrist",
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
""",
)
