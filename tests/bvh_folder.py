"""A folder of BVH files like a user's: 22 joints, three actions, centimeters, y up.

The files are written from joint angles, independently of the project's own writer.
"""

import numpy as np

# Name -> parent and offset in centimeters in the rest pose: arms out, facing +z.
JOINTS = {
    "Hips": (None, (0, 0, 0)),
    "LeftUpLeg": ("Hips", (9, -2, 0)),
    "LeftLeg": ("LeftUpLeg", (0, -43, 0)),
    "LeftFoot": ("LeftLeg", (0, -42, 0)),
    "LeftToe": ("LeftFoot", (0, -6, 15)),
    "RightUpLeg": ("Hips", (-9, -2, 0)),
    "RightLeg": ("RightUpLeg", (0, -43, 0)),
    "RightFoot": ("RightLeg", (0, -42, 0)),
    "RightToe": ("RightFoot", (0, -6, 15)),
    "Spine": ("Hips", (0, 10, 0)),
    "Spine1": ("Spine", (0, 12, 0)),
    "Spine2": ("Spine1", (0, 12, 0)),
    "Neck": ("Spine2", (0, 22, 0)),
    "Head": ("Neck", (0, 12, 0)),
    "LeftShoulder": ("Spine2", (4, 17, 0)),
    "LeftArm": ("LeftShoulder", (12, 0, 0)),
    "LeftForeArm": ("LeftArm", (30, 0, 0)),
    "LeftHand": ("LeftForeArm", (26, 0, 0)),
    "RightShoulder": ("Spine2", (-4, 17, 0)),
    "RightArm": ("RightShoulder", (-12, 0, 0)),
    "RightForeArm": ("RightArm", (-30, 0, 0)),
    "RightHand": ("RightForeArm", (-26, 0, 0)),
}
ACTIONS = ("bowing", "stepping", "waving")
FRAME_RATE = 30


def _angles(action, time, rng):
    """Returns `{joint: degrees about x, y and z, [T, 3]}` of the moving joints of an action."""
    pace, size, phase = rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2), rng.uniform(0, 6)
    swing = size * np.sin(2 * np.pi * pace * time + phase)
    zero = np.zeros_like(time)
    down = {
        "LeftArm": np.stack([zero, zero, zero - 75], axis=1),
        "RightArm": np.stack([zero, zero, zero + 75], axis=1),
    }
    if action == "bowing":
        bend = 15 + 15 * swing
        return {**down, **dict.fromkeys(["Spine", "Spine1"], np.stack([bend, zero, zero], axis=1))}
    if action == "waving":
        arm = np.stack([zero, zero, -30 + 0 * swing], axis=1)
        return {
            **down,
            "RightArm": arm,
            "RightForeArm": np.stack([zero, zero, -60 + 30 * swing], 1),
        }
    legs = {}
    for side, sign in (("Left", 1), ("Right", -1)):
        lift = np.maximum(sign * swing, 0)
        legs[f"{side}UpLeg"] = np.stack([-50 * lift, zero, zero], axis=1)
        legs[f"{side}Leg"] = np.stack([70 * lift, zero, zero], axis=1)
    return {**down, **legs}


def bvh_text(action, frames, seed, order="ZYX", frame_rate=FRAME_RATE, joints=JOINTS):
    """Returns the text of a file; the root has six channels, other joints three in `order`.

    `joints` are `JOINTS` and others, each before the joints below it, as a file has them.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(frames) / frame_rate
    angles = _angles(action, time, rng)
    root = np.stack([10 * time, 90 + np.sin(3 * time), 5 * np.cos(time)], axis=1)
    columns = [root]
    for joint in joints:
        turns = angles.get(joint, np.zeros((frames, 3)))
        columns.append(turns[:, ["XYZ".index(axis) for axis in order]])
    rows = [" ".join(f"{value:.6f}" for value in row) for row in np.concatenate(columns, axis=1)]
    head = ["HIERARCHY", *_hierarchy("Hips", order, "", joints), "MOTION"]
    return "\n".join([*head, f"Frames: {frames}", f"Frame Time: {1 / frame_rate:.6f}", *rows, ""])


def _hierarchy(joint, order, indent, joints):
    parent, offset = joints[joint]
    channels = [f"{axis}rotation" for axis in order]
    if parent is None:
        channels = ["Xposition", "Yposition", "Zposition", *channels]
    inner = [
        f"OFFSET {offset[0]:.4f} {offset[1]:.4f} {offset[2]:.4f}",
        f"CHANNELS {len(channels)} {' '.join(channels)}",
    ]
    for child in (name for name, (above, _) in joints.items() if above == joint):
        inner += _hierarchy(child, order, "", joints)
    if len(inner) == 2:
        inner += ["End Site", "{", "\tOFFSET 0.0 5.0 0.0", "}"]
    kind = "ROOT" if parent is None else "JOINT"
    return [f"{indent}{line}" for line in [f"{kind} {joint}", "{", *(f"\t{x}" for x in inner), "}"]]


def write_bvh_folder(folder, files=6, frames=70, joints=JOINTS):
    """Writes `files` files per action with `frames` or a few more frames; returns the folder."""
    for number, action in enumerate(ACTIONS):
        (folder / action).mkdir(parents=True)
        for index in range(files):
            text = bvh_text(action, frames + 7 * index, seed=[number, index], joints=joints)
            (folder / action / f"take{index + 1}.bvh").write_text(text)
    return folder
