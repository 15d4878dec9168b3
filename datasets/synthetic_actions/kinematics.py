"""Model of the human body: degrees of freedom, their limits, forward and inverse kinematics.

Body axes, in meters: x to the person's left, y up, z forward; the spine base is the origin. A pose
is an array `[..., 29]` of angles in degrees, in the order of `DEGREES_OF_FREEDOM`. All zeros is
standing straight with the arms hanging. Flexion lifts an arm or a thigh forward and bends an elbow
or a knee. Abduction moves a limb away from the body. Rotation is positive inward. Angles that end
in `_side` or `_twist` are positive to the person's left.
"""

import dataclasses

import numpy as np

from datasets.skeletons import NTU_25

# Approximate limits of a healthy adult, in degrees.
_TRUNK_LIMITS = {
    "pelvis_pitch": (-30, 60),
    "pelvis_side": (-20, 20),
    "pelvis_twist": (-45, 45),
    "spine_flexion": (-30, 70),
    "spine_side": (-35, 35),
    "spine_twist": (-45, 45),
    "neck_flexion": (-50, 50),
    "neck_side": (-40, 40),
    "neck_twist": (-70, 70),
}
_LIMB_LIMITS = {
    "hip_flexion": (-25, 125),
    "hip_abduction": (-25, 45),
    "hip_rotation": (-45, 40),
    "knee_flexion": (0, 145),
    "ankle_flexion": (-50, 30),
    "shoulder_flexion": (-60, 180),
    "shoulder_abduction": (-50, 175),
    "shoulder_rotation": (-110, 110),
    "elbow_flexion": (0, 150),
    "wrist_flexion": (-60, 60),
}
LIMITS_BY_NAME = (
    _TRUNK_LIMITS
    | {f"left_{name}": limits for name, limits in _LIMB_LIMITS.items()}
    | {f"right_{name}": limits for name, limits in _LIMB_LIMITS.items()}
)
DEGREES_OF_FREEDOM = tuple(LIMITS_BY_NAME)
LIMITS = np.array(list(LIMITS_BY_NAME.values()), dtype=np.float64)  # [29, 2]
INDEX = {name: index for index, name in enumerate(DEGREES_OF_FREEDOM)}


@dataclasses.dataclass(frozen=True)
class Body:
    """Segment lengths in meters. The defaults are for an adult of 1.72 m."""

    lower_spine: float = 0.25
    upper_spine: float = 0.26
    neck: float = 0.09
    head: float = 0.13
    half_shoulders: float = 0.175
    shoulder_drop: float = 0.03
    upper_arm: float = 0.29
    forearm: float = 0.25
    hand: float = 0.08
    half_hips: float = 0.12
    thigh: float = 0.43
    shank: float = 0.41
    foot: float = 0.16


def mirrored(pose):
    """Returns `pose` `[..., 29]` with left and right exchanged."""
    other = {"left": "right", "right": "left"}
    sources, signs = [], []
    for name in DEGREES_OF_FREEDOM:
        side, _, rest = name.partition("_")
        sources.append(INDEX[f"{other[side]}_{rest}"] if side in other else INDEX[name])
        signs.append(-1.0 if name.endswith(("_side", "_twist")) else 1.0)
    return pose[..., sources] * np.array(signs)


def rotation(axis, degrees):
    """Returns rotations `[..., 3, 3]` about `axis` ("x", "y" or "z") by `degrees` `[...]`."""
    radians = np.radians(degrees)
    cosine, sine = np.cos(radians), np.sin(radians)
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.zeros((*np.shape(radians), 3, 3))
    matrix[..., range(3), range(3)] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = cosine
    matrix[..., first, second], matrix[..., second, first] = -sine, sine
    return matrix


def forward_kinematics(body, pose):
    """Computes the positions of the 25 joints of `NTU_25`.

    Args:
        body: a `Body`.
        pose: `[..., 29]`, angles in degrees.

    Returns:
        `[..., 25, 3]`, positions in body axes, in meters.
    """
    pose = np.asarray(pose, dtype=np.float64)
    angle = {name: pose[..., index] for name, index in INDEX.items()}
    at = {"SpineBase": np.zeros((*pose.shape[:-1], 3))}
    pelvis = _trunk_turn(angle["pelvis_pitch"], angle["pelvis_side"], angle["pelvis_twist"])
    # Spine and neck have two segments each, which share the bend equally.
    bend = _trunk_turn(
        angle["spine_flexion"] / 2, angle["spine_side"] / 2, angle["spine_twist"] / 2
    )
    nod = _trunk_turn(angle["neck_flexion"] / 2, angle["neck_side"] / 2, angle["neck_twist"] / 2)
    belly = pelvis @ bend
    chest = belly @ bend
    neck = chest @ nod
    at["SpineMid"] = _step(at["SpineBase"], belly, (0, body.lower_spine, 0))
    at["SpineShoulder"] = _step(at["SpineMid"], chest, (0, body.upper_spine, 0))
    at["Neck"] = _step(at["SpineShoulder"], neck, (0, body.neck, 0))
    at["Head"] = _step(at["Neck"], neck @ nod, (0, body.head, 0.02))
    for side, outward in (("left", 1), ("right", -1)):
        _place_arm(at, body, angle, side, outward, chest)
        _place_leg(at, body, angle, side, outward, pelvis)
    return np.stack([at[name] for name in NTU_25["joints"]], axis=-2)


def _trunk_turn(flexion, side, twist):
    return rotation("y", twist) @ rotation("z", -side) @ rotation("x", flexion)


def _limb_turn(angle, joint, outward):
    return (
        rotation("x", -angle[f"{joint}_flexion"])
        @ rotation("z", outward * angle[f"{joint}_abduction"])
        @ rotation("y", -outward * angle[f"{joint}_rotation"])
    )


def _step(start, frame, offset):
    return start + frame @ np.array(offset, dtype=np.float64)


def _place_arm(at, body, angle, side, outward, chest):
    letter = side[0].upper()
    upper = chest @ _limb_turn(angle, f"{side}_shoulder", outward)
    fore = upper @ rotation("x", -angle[f"{side}_elbow_flexion"])
    hand = fore @ rotation("x", -angle[f"{side}_wrist_flexion"])
    shoulder = (outward * body.half_shoulders, -body.shoulder_drop, 0)
    at[f"{letter}Shoulder"] = _step(at["SpineShoulder"], chest, shoulder)
    at[f"{letter}Elbow"] = _step(at[f"{letter}Shoulder"], upper, (0, -body.upper_arm, 0))
    at[f"{letter}Wrist"] = _step(at[f"{letter}Elbow"], fore, (0, -body.forearm, 0))
    at[f"{letter}Hand"] = _step(at[f"{letter}Wrist"], hand, (0, -body.hand, 0))
    at[f"{letter}HandTip"] = _step(at[f"{letter}Wrist"], hand, (0, -2 * body.hand, 0))
    at[f"{letter}Thumb"] = _step(at[f"{letter}Wrist"], hand, (0, -body.hand, 0.6 * body.hand))


def _place_leg(at, body, angle, side, outward, pelvis):
    letter = side[0].upper()
    thigh = pelvis @ _limb_turn(angle, f"{side}_hip", outward)
    shank = thigh @ rotation("x", angle[f"{side}_knee_flexion"])
    foot = shank @ rotation("x", -angle[f"{side}_ankle_flexion"])
    at[f"{letter}Hip"] = _step(at["SpineBase"], pelvis, (outward * body.half_hips, 0, 0))
    at[f"{letter}Knee"] = _step(at[f"{letter}Hip"], thigh, (0, -body.thigh, 0))
    at[f"{letter}Ankle"] = _step(at[f"{letter}Knee"], shank, (0, -body.shank, 0))
    at[f"{letter}Foot"] = _step(at[f"{letter}Ankle"], foot, (0, -0.4 * body.foot, body.foot))


def arm_reaching(body, target, elbow_toward):
    """Returns the arm angles that bring the wrist to `target` (two-bone inverse kinematics).

    Args:
        body: a `Body`.
        target: (outward, up, forward), position of the wrist relative to the shoulder, in meters,
            in the axes of the chest. If it is out of reach, the arm points at it.
        elbow_toward: (outward, up, forward), direction in which the elbow points.

    Returns:
        Dictionary with shoulder_flexion, shoulder_abduction, shoulder_rotation and elbow_flexion in
        degrees.
    """
    target = np.asarray(target, dtype=np.float64)
    reach = np.linalg.norm(target)
    line = target / reach
    upper, fore = body.upper_arm, body.forearm
    reach = np.clip(reach, abs(upper - fore) + 0.08, 0.98 * (upper + fore))
    along = (upper**2 - fore**2 + reach**2) / (2 * reach)
    pole = np.asarray(elbow_toward, dtype=np.float64)
    pole = pole - (pole @ line) * line
    elbow = along * line + np.sqrt(upper**2 - along**2) * pole / np.linalg.norm(pole)
    flexion = np.degrees(np.arctan2(elbow[2], -elbow[1]))
    abduction = np.degrees(np.arcsin(np.clip(elbow[0] / upper, -1, 1)))
    # In the axes of the upper arm, the forearm is (sin r sin e, -cos e, cos r sin e).
    frame = rotation("x", -flexion) @ rotation("z", abduction)
    forearm = frame.T @ (reach * line - elbow)
    inward = -np.degrees(np.arctan2(forearm[0], forearm[2]))
    if flexion < _LIMB_LIMITS["shoulder_flexion"][0]:
        # Behind and above the shoulder: the same position, reached by raising the arm sideways.
        flexion, abduction, inward = flexion + 180, 180 - abduction, inward + 180
    elbow_angle = np.arccos(np.clip((reach**2 - upper**2 - fore**2) / (2 * upper * fore), -1, 1))
    return {
        "shoulder_flexion": flexion,
        "shoulder_abduction": abduction,
        "shoulder_rotation": (inward + 180) % 360 - 180,
        "elbow_flexion": np.degrees(elbow_angle),
    }
