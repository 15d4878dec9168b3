"""A take: one performance of an action by a subject."""

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
# Seconds by which the outer joints follow the inner ones.
_DELAYS = {"spine": 0.02, "neck": 0.05, "shoulder": 0.0, "elbow": 0.06, "wrist": 0.1}


@dataclasses.dataclass(frozen=True)
class Take:
    """Subject, random generator and length of a take, with functions that build key poses.

    Key poses are dictionaries {degree of freedom: degrees}, combined with `|`.

    Attributes:
        subject: `Subject` who performs the action.
        rng: `np.random.Generator` of this take.
        frames: number of frames.
    """

    subject: Subject
    rng: np.random.Generator
    frames: int

    @property
    def seconds(self):
        """Duration of the take in seconds."""
        return self.frames / curves.FRAME_RATE

    def vary(self, value, share=0.12):
        """Returns `value` changed at random by at most `share` of it."""
        return value * self.rng.uniform(1 - share, 1 + share)

    def wide(self, degrees):
        """Returns `degrees` times the subject's amplitude, changed at random by at most 8%."""
        return self.vary(degrees * self.subject.amplitude, 0.08)

    def legs(self, thigh, shank, pitch, sides=("left", "right")):
        """Returns leg angles from the directions of thigh and shank, with level soles.

        Args:
            thigh: direction of the thigh, degrees forward of straight down.
            shank: direction of the shank, likewise.
            pitch: pitch of the pelvis, in degrees.
            sides: "left", "right" or both.
        """
        pose = {}
        for side in sides:
            pose[f"{side}_hip_flexion"] = thigh + pitch
            pose[f"{side}_knee_flexion"] = thigh - shank
            pose[f"{side}_ankle_flexion"] = -shank
        return pose

    def standing(self):
        """Returns the subject's standing pose with hanging arms."""
        pose = dict.fromkeys(DEGREES_OF_FREEDOM, 0.0)
        for name, degrees in self.subject.posture.items():
            for key in (name, f"left_{name}", f"right_{name}"):
                if key in pose:
                    pose[key] = degrees
        stance = self.subject.posture["stance"]
        return pose | self.legs(stance, -stance, pose["pelvis_pitch"])

    def reach(self, side, outward, up, forward, elbow=(0.6, -1.0, -0.2)):
        """Returns arm angles that bring the wrist to a point, varied by up to 25 mm per axis.

        Args:
            side: "left" or "right".
            outward: x of the wrist relative to the shoulder, in the axes of the chest, in meters
                for a stature of 1.
            up: y, likewise.
            forward: z, likewise.
            elbow: direction in which the elbow points, as in `arm_reaching`.
        """
        target = (
            np.array([outward, up, forward]) + self.rng.uniform(-0.025, 0.025, 3)
        ) * self.stature
        angles = arm_reaching(self.subject.body, target, elbow)
        return {f"{side}_{name}": degrees for name, degrees in angles.items()}

    @property
    def stature(self):
        """Size of the upper body relative to the default `Body`."""
        return (self.subject.body.upper_spine + self.subject.body.upper_arm) / 0.55

    def across(self, meters):
        """Returns the outward coordinate, for `reach`, of a point `meters` beyond the midline."""
        return -self.subject.body.half_shoulders / self.stature - meters

    def perform(self, key_poses, start=None):
        """Interpolates key poses over the take.

        Args:
            key_poses: list of (seconds after the previous pose, pose), for a tempo of 1.
            start: seconds at which the first pose is reached. None centers the poses in the take.

        Returns:
            `[frames, 29]`, degrees.
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
    """Adds `curve` `[frames]` to the degree of freedom `name` of `motion` `[frames, 29]`."""
    motion[:, INDEX[name]] += curve


def world_joints(action, performer, rng):
    """Simulates one take.

    Args:
        action: a function in `actions.ACTIONS`.
        performer: a `Subject`.
        rng: the `np.random.Generator` of this take.

    Returns:
        pose: `[frames, 29]`, angles in degrees, within `LIMITS`.
        joints: `[frames, 25, 3]`, world positions in meters, y up, the floor at 0.
    """
    take = Take(performer, rng, frames=int(rng.integers(190, 261)))
    pose, movement = action(take)
    # The sway is added last and never exceeds this margin, so that angles stay within their limits.
    pose = np.clip(pose, LIMITS[:, 0] + _LARGEST_SWAY, LIMITS[:, 1] - _LARGEST_SWAY)
    pose = curves.smoothed(pose, _SMOOTHING)
    pose += curves.wandering(rng, take.frames, len(DEGREES_OF_FREEDOM), _LARGEST_SWAY)
    turn = movement["turn"] + rng.uniform(-12, 12)
    if performer.left_handed != (rng.uniform() < 0.1):  # sometimes with the other hand
        pose, turn = mirrored(pose), -turn
    joints = forward_kinematics(performer.body, pose)
    joints = joints @ np.swapaxes(rotation("y", turn), -1, -2)
    joints[..., 1] += (movement["lift"] - _lowest(joints))[:, None]
    joints[..., [0, 2]] += rng.uniform(-0.2, 0.2, 2)  # position of the person on the floor
    return pose, joints


def _lowest(joints):
    """Returns the height of the lower foot: a soft minimum, smooth when the feet change."""
    return -np.log(np.exp(-100 * joints[:, _FEET, 1]).sum(axis=-1)) / 100
