"""One take: a subject performs an action once, and every camera sees it."""

import dataclasses

import numpy as np

from datasets.skeletons import NTU_25
from datasets.synthetic_actions import curves
from datasets.synthetic_actions.kinematics import (
    DEGREES_OF_FREEDOM,
    INDEX,
    LIMITS,
    arm_reaching,
    forward_kinematics,
    mirrored,
    rotation,
)
from datasets.synthetic_actions.subjects import Subject

_FEET = [NTU_25["joints"].index(name) for name in ("LAnkle", "LFoot", "RAnkle", "RFoot")]
_LARGEST_SWAY = 2.0  # degrees
_SMOOTHING = 0.05  # seconds
# The far end of a limb follows its near end.
_DELAYS = {"spine": 0.02, "neck": 0.05, "shoulder": 0.0, "elbow": 0.06, "wrist": 0.1}


@dataclasses.dataclass(frozen=True)
class Take:
    """What an action needs to know: who performs it, for how many frames, and its random numbers.

    Key poses are dictionaries {degree of freedom: degrees}; `|` changes some of them.
    """

    subject: Subject
    rng: np.random.Generator
    frames: int

    @property
    def seconds(self):
        """Duration of the take."""
        return self.frames / curves.FRAME_RATE

    def vary(self, value, share=0.12):
        """Draws a number within `share` of `value`."""
        return value * self.rng.uniform(1 - share, 1 + share)

    def wide(self, degrees):
        """Scales `degrees` by the subject's amplitude and varies it from take to take."""
        return self.vary(degrees * self.subject.amplitude, 0.08)

    def legs(self, thigh, shank, pitch, sides=("left", "right")):
        """Legs whose thigh and shank point `thigh` and `shank` degrees forward of straight down.

        `pitch` is that of the pelvis, which carries the legs; the soles stay level.
        """
        pose = {}
        for side in sides:
            pose[f"{side}_hip_flexion"] = thigh + pitch
            pose[f"{side}_knee_flexion"] = thigh - shank
            pose[f"{side}_ankle_flexion"] = -shank
        return pose

    def standing(self):
        """The subject's own way to stand with hanging arms."""
        pose = dict.fromkeys(DEGREES_OF_FREEDOM, 0.0)
        for name, degrees in self.subject.posture.items():
            for key in (name, f"left_{name}", f"right_{name}"):
                if key in pose:
                    pose[key] = degrees
        stance = self.subject.posture["stance"]
        return pose | self.legs(stance, -stance, pose["pelvis_pitch"])

    def reach(self, side, outward, up, forward, elbow=(0.6, -1.0, -0.2)):
        """An arm whose wrist is so far (meters, from its shoulder) from the chest's own axes."""
        target = (
            np.array([outward, up, forward]) + self.rng.uniform(-0.025, 0.025, 3)
        ) * self.stature
        angles = arm_reaching(self.subject.body, target, elbow)
        return {f"{side}_{name}": degrees for name, degrees in angles.items()}

    @property
    def stature(self):
        """Size of the upper body, 1 for the default one."""
        return (self.subject.body.upper_spine + self.subject.body.upper_arm) / 0.55

    def across(self, meters):
        """The outward coordinate of a point `meters` beyond the middle, seen from a shoulder."""
        return -self.subject.body.half_shoulders / self.stature - meters

    def perform(self, key_poses, start=None):
        """Moves through `key_poses`, a list of (seconds after the one before, pose).

        The whole is centered in the take unless `start` (seconds) says when it begins. Seconds are
        those of a subject of tempo 1.
        """
        tempo = self.vary(self.subject.tempo, 0.08)
        times = np.cumsum([pause for pause, _ in key_poses]) / tempo
        if start is None:
            start = (self.seconds - times[-1]) / 2 + self.rng.uniform(-0.15, 0.15)
        poses = [[pose[name] for name in DEGREES_OF_FREEDOM] for _, pose in key_poses]
        delays = [self._delay(name) for name in DEGREES_OF_FREEDOM]
        return curves.through_key_poses(start + times, poses, self.frames, delays)

    @staticmethod
    def _delay(name):
        return next((delay for part, delay in _DELAYS.items() if part in name), 0.0)


def add(motion, name, curve):
    """Adds `curve` [frames] (degrees) to one degree of freedom of `motion` [frames, 29]."""
    motion[:, INDEX[name]] += curve


def world_joints(action, performer, rng):
    """Lets `performer` do `action` once.

    Args:
      action: a function of `actions.ACTIONS`.
      performer: a `Subject`.
      rng: the `np.random.Generator` of this take alone.

    Returns:
      pose: angles in degrees [frames, 29], within `LIMITS`.
      joints: world positions in meters [frames, 25, 3], y up, the floor at 0.
    """
    take = Take(performer, rng, frames=int(rng.integers(190, 261)))
    pose, movement = action(take)
    # The sway is added last and is never larger than this margin, so limits hold throughout.
    pose = np.clip(pose, LIMITS[:, 0] + _LARGEST_SWAY, LIMITS[:, 1] - _LARGEST_SWAY)
    pose = curves.smoothed(pose, _SMOOTHING)
    pose += curves.wandering(rng, take.frames, len(DEGREES_OF_FREEDOM), _LARGEST_SWAY)
    turn = movement["turn"] + rng.uniform(-12, 12)
    if performer.left_handed != (rng.uniform() < 0.1):  # now and then with the other hand
        pose, turn = mirrored(pose), -turn
    joints = forward_kinematics(performer.body, pose)
    joints = joints @ np.swapaxes(rotation("y", turn), -1, -2)
    joints[..., 1] += (movement["lift"] - _lowest(joints))[:, None]
    joints[..., [0, 2]] += rng.uniform(-0.2, 0.2, 2)  # where in the room the person stands
    return pose, joints


def _lowest(joints):
    """Height of the lower foot, as a soft minimum: a change of feet makes no corner."""
    return -np.log(np.exp(-100 * joints[:, _FEET, 1]).sum(axis=-1)) / 100
