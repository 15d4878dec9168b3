"""The twelve actions: each function turns a `Take` into joint angles over time.

Each function returns poses in degrees, `[frames, 29]`, performed with the right hand or foot, and
the movement of the body as a whole: a dictionary of lift and turn (see `_in_place`). Single actions
are in the middle of the take, so that any window of 150 frames shows most of them.
"""

import numpy as np

from datasets.synthetic_actions import curves
from datasets.synthetic_actions.kinematics import INDEX
from datasets.synthetic_actions.takes import add

# Degrees over the gait cycle of one leg, starting at heel strike.
_GAIT = {
    "hip_flexion": {0.0: 26, 0.12: 22, 0.5: -12, 0.6: -4, 0.85: 30, 0.95: 28},
    "knee_flexion": {0.0: 6, 0.13: 18, 0.4: 6, 0.5: 14, 0.6: 38, 0.72: 62, 0.85: 28, 0.96: 5},
    "ankle_flexion": {0.0: 0, 0.08: -6, 0.45: 10, 0.62: -18, 0.75: 0, 0.9: 1},
}


def _in_place(take, lift=0.0, turn=0.0):
    """Returns the lift off the floor (meters) and the turn (degrees) in every frame."""
    still = np.zeros(take.frames)
    return {"lift": still + lift, "turn": still + turn}


def drinking_water(take):
    """Lifts a cup from the waist to the mouth, tips it with the head, and lowers it."""
    stand = take.standing()
    held = stand | take.reach("right", 0.03, -0.32, 0.24)
    mouth = take.across(-0.05)
    lifted = stand | take.reach("right", mouth, 0.10, 0.20, elbow=(0.9, -1.0, 0.0))
    tip = take.wide(22)
    sip = lifted | take.reach("right", mouth, 0.15, 0.19, elbow=(1.0, -0.7, 0.1))
    sip |= {"neck_flexion": stand["neck_flexion"] - tip, "spine_flexion": 0.0}
    sip["right_wrist_flexion"] = 25.0
    poses = [(0, stand), (0.5, held), (0.7, lifted), (0.35, sip), (0.5, sip)]
    if take.rng.uniform() < 0.5:
        poses += [(0.35, lifted), (0.35, sip), (0.3, sip)]
    return take.perform([*poses, (0.4, lifted), (0.7, held), (0.5, stand)]), _in_place(take)


def throw(take):
    """Winds up above the shoulder, throws forward with a twist, and follows through."""
    stand = take.standing()
    thigh = take.wide(18)
    wound = stand | take.reach("right", 0.2, 0.36, -0.12, elbow=(1.0, -0.3, -0.3))
    wound |= take.reach("left", 0.02, 0.0, 0.42)
    wound |= {"spine_twist": -take.wide(28), "pelvis_twist": -take.wide(22), "spine_flexion": -8}
    wound |= take.legs(thigh, -4, wound["pelvis_pitch"], sides=("left",))
    wound |= take.legs(2, -16, wound["pelvis_pitch"], sides=("right",))
    release = stand | take.reach("right", 0.02, 0.28, 0.4, elbow=(1.0, 0.0, 0.0))
    release |= {"spine_twist": take.wide(14), "pelvis_twist": take.wide(10), "spine_flexion": 15}
    release |= {"left_shoulder_flexion": 5.0, "left_elbow_flexion": 50.0}
    release |= take.legs(20, -6, release["pelvis_pitch"], sides=("left",))
    release |= take.legs(-8, -24, release["pelvis_pitch"], sides=("right",))
    through = release | take.reach("right", take.across(0.08), -0.40, 0.25, elbow=(1.0, 0.0, 0.3))
    through |= {"spine_twist": take.wide(30), "spine_flexion": take.wide(30), "neck_flexion": -15}
    through |= {"left_shoulder_flexion": -25.0, "left_elbow_flexion": 35.0}
    raised = stand | take.reach("right", 0.08, -0.05, 0.30)
    poses = [(0, stand), (0.45, raised), (0.5, wound), (0.15, wound), (0.28, release)]
    return take.perform([*poses, (0.26, through), (0.2, through), (0.7, stand)]), _in_place(take)


def _seated(take):
    stand = take.standing()
    pitch = -take.wide(10)
    seat = stand | take.legs(take.vary(84, 0.05), take.vary(6, 0.9), pitch)
    seat |= {"pelvis_pitch": pitch, "spine_flexion": take.vary(16, 0.4)}
    for side in ("left", "right"):
        seat |= take.reach(side, -0.02, -0.38, 0.27, elbow=(0.4, -0.5, -1.0))
    return seat


def _leaning_over(take, seat):
    """Returns the pose between sitting and standing: trunk over the feet, arms forward."""
    pitch = take.wide(38)
    over = seat | take.legs(take.vary(62, 0.05), take.vary(-14, 0.2), pitch)
    over |= {"pelvis_pitch": pitch, "spine_flexion": take.wide(22), "neck_flexion": -20.0}
    for side in ("left", "right"):
        over |= take.reach(side, 0.02, -0.32, 0.32)
    return over


def sitting_down(take):
    """Leans forward, lowers the hips backward onto a seat, and straightens up on it."""
    seat = _seated(take)
    over = _leaning_over(take, seat)
    poses = [(0, take.standing()), (0.85, over), (0.6, seat)]
    return take.perform(poses), _in_place(take)


def standing_up(take):
    """Leans forward on a seat, rises over the feet, and straightens up."""
    seat = _seated(take)
    over = _leaning_over(take, seat)
    bent = over | take.legs(take.vary(82, 0.03), take.vary(-4, 0.5), over["pelvis_pitch"])
    poses = [(0, seat), (0.6, bent), (0.3, over), (0.75, take.standing())]
    return take.perform(poses), _in_place(take)


def wear_jacket(take):
    """Puts one arm and then the other into a sleeve behind the back, and closes the front."""
    stand = take.standing()

    def sleeve(arm, other, twist):
        behind = stand | take.reach(arm, 0.12, -0.38, -0.22, elbow=(1.0, 0.0, -0.6))
        behind |= take.reach(other, take.across(0.02), -0.08, 0.22)
        behind |= {"spine_twist": twist, "spine_side": twist / 3, "neck_twist": twist}
        out = behind | take.reach(arm, 0.34, -0.30, 0.02, elbow=(0.5, -0.5, -1.0))
        return behind, out

    first_behind, first_out = sleeve("right", "left", -take.wide(22))
    second_behind, second_out = sleeve("left", "right", take.wide(22))
    closed, pulled = dict(stand), dict(stand)
    for side in ("left", "right"):
        closed |= take.reach(side, take.across(-0.07), -0.05, 0.24, elbow=(1.0, -0.6, 0.0))
        pulled |= take.reach(side, take.across(-0.04), -0.34, 0.22, elbow=(1.0, -0.6, 0.0))
    closed["neck_flexion"] = pulled["neck_flexion"] = take.wide(20)
    poses = [(0, stand), (0.5, first_behind), (0.55, first_out), (0.55, second_behind)]
    poses += [(0.55, second_out), (0.5, closed), (0.4, pulled), (0.45, stand)]
    return take.perform(poses), _in_place(take)


def hand_waving(take):
    """Lifts one hand beside the head and swings the forearm from side to side."""
    stand = take.standing()
    up = stand | {
        "right_shoulder_flexion": take.wide(12),
        "right_shoulder_abduction": take.rng.uniform(60, 105),
        "right_shoulder_rotation": -take.rng.uniform(75, 90),
        "right_elbow_flexion": take.rng.uniform(65, 90),
        "spine_side": 3.0,
    }
    hold = take.vary(2.2)
    motion = take.perform([(0, stand), (0.55, up), (hold, up), (0.7, stand)])
    clock = np.arange(take.frames) / curves.FRAME_RATE
    begin = take.seconds / 2 - 0.55 * hold
    waving = curves.pulse(take.frames, begin, begin + hold, 0.5)
    swing = np.sin(2 * np.pi * (take.vary(1.9) * take.subject.tempo * clock + take.rng.uniform()))
    add(motion, "right_elbow_flexion", take.wide(27) * waving * swing)
    add(motion, "right_shoulder_abduction", take.wide(5) * waving * swing)
    return motion, _in_place(take)


def kicking_something(take):
    """Swings one leg back, kicks forward with a straight knee, and balances with the arms."""
    stand = take.standing()
    support = take.legs(7, -9, 0.0, sides=("left",))
    back = stand | support | {"pelvis_pitch": 8.0, "spine_flexion": 10.0}
    back |= {"right_hip_flexion": -14.0, "right_knee_flexion": take.wide(65)}
    back |= {"left_hip_flexion": 15.0, "right_ankle_flexion": -20.0, "pelvis_twist": -10.0}
    back |= {"left_shoulder_flexion": take.wide(40), "right_shoulder_flexion": -take.wide(25)}
    back |= {"left_shoulder_abduction": 30.0, "right_shoulder_abduction": 28.0}
    lean = -take.wide(10)
    hit = stand | support | {"pelvis_pitch": lean, "spine_flexion": 6.0, "pelvis_twist": 12.0}
    hit |= {"right_hip_flexion": take.wide(68), "right_knee_flexion": 8.0}
    hit |= {"left_hip_flexion": 7 + lean, "right_ankle_flexion": -10.0, "left_elbow_flexion": 40.0}
    hit |= {"left_shoulder_flexion": -take.wide(28), "right_shoulder_flexion": take.wide(38)}
    hit |= {"left_shoulder_abduction": 35.0, "right_shoulder_abduction": 25.0}
    drop = hit | {"right_hip_flexion": take.wide(30), "right_knee_flexion": 40.0}
    drop |= {"left_shoulder_flexion": 0.0, "right_shoulder_flexion": 10.0}
    poses = [(0, stand), (0.6, back), (0.08, back), (0.32, hit), (0.1, hit), (0.4, drop)]
    return take.perform([*poses, (0.5, stand)]), _in_place(take)


def jump_up(take):
    """Crouches with the arms back, jumps with the arms up, lands in a crouch, and straightens."""
    stand = take.standing()
    pitch = take.wide(30)
    crouch = stand | take.legs(take.wide(50), -take.vary(28), pitch)
    crouch |= {"pelvis_pitch": pitch, "spine_flexion": take.wide(14), "neck_flexion": -20.0}
    flight = stand | {"pelvis_pitch": 2.0, "spine_flexion": 0.0}
    landing = stand | take.legs(take.wide(40), -take.vary(24), pitch * 0.7)
    landing |= {"pelvis_pitch": pitch * 0.7, "spine_flexion": 14.0}
    height = take.rng.uniform(110, 165)
    for side in ("left", "right"):
        crouch[f"{side}_shoulder_flexion"] = -take.wide(12)
        crouch[f"{side}_elbow_flexion"] = 15.0
        flight[f"{side}_shoulder_flexion"] = height
        flight[f"{side}_elbow_flexion"] = 25.0
        flight |= {f"{side}_hip_flexion": 6.0, f"{side}_knee_flexion": 12.0}
        flight[f"{side}_ankle_flexion"] = -38.0
        landing[f"{side}_shoulder_flexion"] = take.wide(50)
        landing[f"{side}_elbow_flexion"] = 40.0
    poses = [(0, stand), (0.6, crouch), (0.1, crouch), (0.34, flight), (0.24, flight)]
    poses += [(0.32, landing), (0.1, landing), (0.6, stand)]
    motion = take.perform(poses)
    # Off the floor where the ankles are stretched: about 0.3 m at the top.
    stretched = np.clip(-motion[:, INDEX["right_ankle_flexion"]] / 38, 0, 1)
    return motion, _in_place(take, lift=0.3 * stretched**2)


def make_phone_call(take):
    """Lifts a phone to the ear and holds it there with the head tilted to it."""
    stand = take.standing()
    ear = take.across(-0.14)
    look = stand | take.reach("right", take.across(-0.06), -0.14, 0.26) | {"neck_flexion": 22.0}
    call = stand | take.reach("right", ear, 0.12, 0.14, elbow=(0.35, -1.0, 0.1))
    call |= {"neck_side": -take.wide(12), "neck_twist": take.rng.uniform(-15, 10)}
    talk = call | {"neck_flexion": stand["neck_flexion"] + 8, "spine_twist": take.wide(8)}
    if take.rng.uniform() < 0.4:  # the free hand holds the elbow of the other arm
        supporting = take.reach("left", take.across(0.08), -0.2, 0.16)
        call, talk = call | supporting, talk | supporting
    poses = [(0, stand), (0.5, look), (0.3, look), (0.6, call), (0.8, talk), (0.8, call)]
    return take.perform(poses, start=take.rng.uniform(0.2, 0.6)), _in_place(take)


def cross_hands_in_front(take):
    """Crosses both forearms in front of the chest, holds them, and lowers them."""
    stand = take.standing()
    cross = dict(stand)
    height = take.rng.uniform(-0.02, 0.14)
    for side, forward in (("left", 0.25), ("right", 0.33)):
        cross |= take.reach(side, take.across(0.12), height, forward, elbow=(0.7, -1.0, 0.1))
    hold = take.vary(1.2)
    poses = [(0, stand), (0.7, cross), (hold, cross), (0.7, stand)]
    return take.perform(poses), _in_place(take)


def walking(take):
    """Walks in place and turns slowly; arms swing opposite to legs, trunk opposite to pelvis.

    Motion is relative to the hip, so it would not show the path, and walking up to a camera would
    only distort the image.
    """
    clock = np.arange(take.frames) / curves.FRAME_RATE
    pace = take.vary(0.92) * take.subject.tempo  # gait cycles per second
    stride = take.wide(1.0)
    phase = pace * clock + take.rng.uniform()
    stand = take.standing()
    motion = take.perform([(0, stand), (take.seconds, stand)], start=0.0)
    swing = take.wide(24)
    for side, offset in (("left", 0.0), ("right", 0.5)):
        leg = phase + offset
        for name, knots in _GAIT.items():
            key = f"{side}_{name}"
            angle = curves.cyclic(leg, knots)
            if name == "hip_flexion":
                angle = stride * angle + stand["pelvis_pitch"]
            add(motion, key, angle - stand[key])
        arm = np.cos(2 * np.pi * (leg - 0.04))
        add(motion, f"{side}_shoulder_flexion", -swing * arm)
        add(motion, f"{side}_elbow_flexion", 10 - 12 * np.cos(2 * np.pi * (leg - 0.1)))
    left_forward = np.cos(2 * np.pi * phase)
    add(motion, "pelvis_twist", -5 * stride * left_forward)
    add(motion, "spine_twist", 11 * stride * left_forward)
    add(motion, "pelvis_side", 3 * np.sin(2 * np.pi * phase))
    add(motion, "spine_side", -3 * np.sin(2 * np.pi * phase))
    turn = take.rng.uniform(-60, 60) + take.rng.uniform(-18, 18) * (clock - take.seconds / 2)
    return motion, _in_place(take, turn=turn)


def sitting(take):
    """Sits, shifts position, looks around and gestures with the hands."""
    rest = _seated(take)
    lean = take.rng.uniform(0, 20)
    poses = [(0, rest)]
    for _ in range(4):
        pose = rest | {"neck_twist": take.rng.uniform(-30, 30), "neck_flexion": take.vary(8, 2)}
        pose |= {"spine_twist": take.rng.uniform(-12, 12), "spine_side": take.rng.uniform(-8, 8)}
        pose["spine_flexion"] = rest["spine_flexion"] + take.rng.uniform(-6, lean)
        if take.rng.uniform() < 0.6:
            up = take.rng.uniform(-0.28, -0.05)
            pose |= take.reach("right", take.rng.uniform(-0.15, 0.1), up, 0.3)
        if take.rng.uniform() < 0.3:
            pose |= take.reach("left", -0.08, take.rng.uniform(-0.28, -0.1), 0.28)
        poses.append((take.vary(0.95, 0.3), pose))
    if take.rng.uniform() < 0.3:  # with legs crossed
        crossed = {"right_hip_abduction": -8.0, "right_hip_rotation": -10.0}
        crossed["right_hip_flexion"] = rest["right_hip_flexion"] + 15
        poses = [(seconds, pose | crossed) for seconds, pose in poses]
    return take.perform(poses), _in_place(take)


ACTIONS = {
    action.__name__: action
    for action in (
        drinking_water,
        throw,
        sitting_down,
        standing_up,
        wear_jacket,
        hand_waving,
        kicking_something,
        jump_up,
        make_phone_call,
        cross_hands_in_front,
        walking,
        sitting,
    )
}
